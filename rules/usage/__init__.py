"""Rules on using more care than anybody needs: supplies, visits, prescriptions, caps."""
