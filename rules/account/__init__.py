"""Rules on money into and out of personal accounts that is not spent on treatment or goods.

Credits against base, rate and rhythm; accounts that should not exist; premiums; balances;
transfers.
"""
