"""What this project uses of xlsxwriter, which ships no types."""

from xlsxwriter.workbook import Workbook as Workbook
