"""The commands of the command line, one file each; `..command_line` puts them together."""
