"""What goes out: workbooks and records written from the values of the other stages."""
