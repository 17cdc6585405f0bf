"""What commands print: text, tables, colour and progress."""
