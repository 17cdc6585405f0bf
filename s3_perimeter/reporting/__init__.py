"""What commands print: text, tables, color and progress."""
