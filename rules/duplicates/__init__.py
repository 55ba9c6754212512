"""Rules on one expense paid twice: two schemes, one receipt, one pack, one settlement again."""
