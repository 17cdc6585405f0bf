"""What a control is, and what several controls share to read, compare and explain."""
