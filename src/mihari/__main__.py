"""`python -m mihari`: the command line."""

from mihari.cli import main

if __name__ == "__main__":
    main()
