"""看懂了什么.xlsx: the county's sheets with what was understood, and lists to be answered."""
