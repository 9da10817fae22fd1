"""Reports: requested, scheduled or made by Amazon itself, in trade time. What each type holds has a file of its own."""

from amazon_simulator.reports.processor import Reports
from amazon_simulator.reports.report import Report, Schedule

__all__ = ["Report", "Reports", "Schedule"]
