"""The supervisors' pages: the live feed, one alert, cases, rules, signing in.

Rendered here from templates, with one stylesheet and one small script of our own; nothing comes
from another site, and every word stands in `words.yaml` in Chinese and English.
"""
