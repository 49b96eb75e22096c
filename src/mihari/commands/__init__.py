"""One module per command of `mihari`; each is imported when its command is called, so that the help is quick."""
