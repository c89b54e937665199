"""Authorization servers of the world: one Authlib server per provider, and how to steer them.

`clients` names who asks and what they get, `troubles` what a test can order meanwhile, and
`steering` is where it orders it. `policies` says how the providers differ; `server` and `grants`
are Authlib with our memory (`tokens`); `consent` and `pages` are what a browser sees. `service`
puts them together for the sites.
"""
