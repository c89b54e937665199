"""Parts of pages: functions from Vars to components, without state of their own."""
