"""What a network does with a text it reads: its states at every character, and what its units follow."""
