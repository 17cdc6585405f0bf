"""What a program declares, as rules see it, in whatever form and by whichever provider."""
