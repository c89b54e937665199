"""OAuth2 as the declarations have it: what to ask a provider, and how to read its answers.

Authlib writes the protocol's messages; where they go, and what of an answer is believed, is
decided here.
"""

CLIENT_ID = "client_id"
CLIENT_SECRET = "client_secret"
