# What the system shows while the app does not run. No names and no numbers: whoever looks over a shoulder may read it.

channel-learning = Learning
channel-learning-about = Lessons, reviews and your streak
channel-team = Team
channel-team-about = When somebody new could use your help
channel-business = Customers
channel-business-about = Follow-ups, birthdays and confirmed sales
channel-company = Company
channel-company-about = What the company has confirmed, and what is new
channel-reminder = Your own reminders
channel-reminder-about = At the times that you set, at night too

nudge-learning-title = Five minutes for a lesson?
nudge-learning-body = Something waits for you. Open it when it suits you.
nudge-team-title = Somebody in your team
nudge-team-body = A word from you could help today. Open the app to see whose turn it is.
nudge-business-title = News about your customers
nudge-business-body = Open the app to see what it is.
nudge-company-title = News from the company
nudge-company-body = Open the app to see what it is.

permission-camera = The camera reads the code with your company's address. No picture is kept.
permission-contacts = You choose one person, and only that one is taken over.
permission-notifications = One message a day at most, never at night. You can switch each kind off.
permission-continue = Continue

shortcut-today = Today
shortcut-reviews = Reviews
shortcut-contact = Add a contact

action-open = Open
action-allow = Allow
action-later = Later
action-never = Never this one again
