"""`python -m integrations_app` is the `integrations` command, where that is not on the PATH."""

from integrations_app.cli import main

if __name__ == "__main__":
    main()
