"""The command line: arguments in, words or JSON out, exit codes that a script can use. The topmost layer."""
