back = Back
cancel = Cancel
choose = Choose
close = Close
retry = Try again
save = Save
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
megabytes = { $count } MB

sign-in-title = Welcome to Qadam
sign-in-intro = Your company gave you an address, and a name or a code.
sign-in-server = Address of the server
sign-in-login = Name for signing in
sign-in-password = Password
sign-in-new-password = New password, 8 characters or more
sign-in-code = Code from your invitation
sign-in-have-code = I have a code
sign-in-have-password = I have a password
sign-in-scan = Scan the code
sign-in-button = Sign in
sign-in-begin = Set the password and begin
sign-out = Sign out
sign-out-anyway = Sign out anyway, and lose what was not sent

today-title = Today
today-greeting = Good to see you, { $name }.
today-all-done = All done for today. Rest well.
today-next-lesson = Next lesson
reviews-title = Reviews
reviews-due = { $count ->
    [one] { $count } question is about to be forgotten
   *[other] { $count } questions are about to be forgotten
}
reviews-left = { $count ->
    [one] { $count } question left · { $title }
   *[other] { $count } questions left · { $title }
}
reviews-check = Check
reviews-next = Next
reviews-how-easy = Right. How easy was it?
reviews-hard = Hard
reviews-good = Good
reviews-easy = Easy
reviews-comes-back = Comes back on { $date }.
reviews-next-on = The next one comes back on { $date }.
reviews-done = { $count ->
    [one] Done for today: { $count } question.
   *[other] Done for today: { $count } questions.
}
reviews-empty = Nothing to review. Questions you have passed come back here.

streak-none = One lesson or review today begins a streak.
streak-days = { $count ->
    [one] { $count } day in a row
   *[other] { $count } days in a row
}
streak-at-risk = { $count ->
    [one] { $count } day in a row. A few minutes today keep it.
   *[other] { $count } days in a row. A few minutes today keep it.
}
streak-longest = { $count ->
    [one] Longest: { $count } day
   *[other] Longest: { $count } days
}
streak-freezes = { $count ->
    [0] No free days left
    [one] { $count } free day in reserve
   *[other] { $count } free days in reserve
}
streak-calendar = The last four weeks
streak-day-active = Learnt
streak-day-frozen = Free day used
streak-day-missed = Nothing

task-done = Done
task-progress = { $done } of { $of }
task-because = Opened for you: { $why }
task-status-done = Done on { $date }
task-status-open = For today
task-status-upcoming = Later
task-status-waiting = First: { $titles }
task-status-moved = Moved from { $date }
task-status-lapsed = No longer in the plan
notice-badge = The badge “{ $title }” was taken back.
notice-rule = Taken back: { $why }
notice-other = Something that you had earned was taken back.
notice-because = An order was returned or corrected: { $orders }
notice-seen = I have seen it

learn-title = Learn
learn-empty = The lessons are on their way. They come with the first connection.
learn-assigned = For you, now
lesson-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
lesson-minutes-points = { $minutes } min · { $points } points
lesson-locked = First: { $titles }
lesson-open = Ready for you
lesson-waiting = The quiz opens again at { $time }
lesson-passed = Passed. Still to do: { $titles }
lesson-completed = Completed
lesson-card = Card { $at } of { $of } · { $minutes } min left
lesson-next = Next
lesson-back = Back a card
lesson-finish = Finish the lesson
lesson-done = Done
lesson-quiz = To the quiz
lesson-quiz-continue = Go on with the quiz
lesson-quiz-ahead = { $count ->
    [one] A quiz of { $count } question comes next. { $percent } % pass it.
   *[other] A quiz of { $count } questions comes next. { $percent } % pass it.
}
media-not-here = Not on this phone yet. It comes with the next good connection.
media-play-video = Play the video
media-play-sound = Play the sound
media-transcript = Show the text

quiz-title = Quiz
quiz-question = Question { $at } of { $of }
quiz-second-draw = New questions this time.
quiz-single = Choose one answer.
quiz-multiple = Choose all that are right.
quiz-true-false = True or false?
quiz-numeric = Type a number.
quiz-short-text = Type a word or two.
quiz-ordering = Bring these into order with the arrows.
quiz-matching = Find what belongs to each.
quiz-scenario = What would you do?
quiz-true = True
quiz-false = False
quiz-number = Number
quiz-text = Answer
quiz-move-up = Move up: { $text }
quiz-move-down = Move down: { $text }
quiz-skipped = No answer
quiz-next = Next
quiz-back = Back
quiz-hand-in = Hand in
quiz-unanswered = { $count ->
    [one] { $count } question has no answer yet.
   *[other] { $count } questions have no answer yet.
}
quiz-passed = Passed with { $percent } %. Well done!
quiz-failed = { $percent } % this time. It takes { $need } %.
quiz-wait = Read the explanations. New questions come at { $time }.
quiz-try-again = Read the explanations, then try new questions.
quiz-again = Try new questions
quiz-read-again = Read the lesson again
quiz-next-lesson = Next lesson: { $title }
quiz-solution = Right would be: { $answer }
verdict-right = ✓ Right
verdict-partly = ◐ Partly right
verdict-wrong = ✗ Not quite
progress-points = { $count ->
    [one] +{ $count } point
   *[other] +{ $count } points
}
progress-badge = New badge: { $title }
progress-level = You have reached a new level: { $title }
progress-unlocked = Now open: { $title }

plan-title = Your plan
plan-none = Your company has no plan yet.
plan-day = Day { $day } of { $days }
plan-progress = { $count ->
    [one] { $percent } % done · { $count } day left
   *[other] { $percent } % done · { $count } days left
}
plan-paused = Paused until { $date }
plan-over = The plan’s days are over. What is open can still be done.
plan-goal = First goal: { $title } ({ $done } of { $of })
plan-goal-reached = First goal reached: { $title }
plan-moved = { $count ->
    [one] { $count } task has moved
   *[other] { $count } tasks have moved
}
plan-moved-title = What has moved
plan-moved-seen = I have seen it
plan-tasks = Tasks: { $done } of { $of }
plan-dates = { $from } – { $until }
plan-pause = Pause: { $from } – { $until }
plan-pause-for = Pause the plan
plan-resume = End the pause
phase-done = Done
phase-current = { $count ->
    [one] Now · { $count } day left
   *[other] Now · { $count } days left
}
phase-upcoming = From { $date }
phase-past = Its days went by; what is open was planned anew
move-day-passed = { $title }: now on { $date }, since its day went by
move-room = { $title }: now on { $date }, to make room
move-room-again = { $title }: now on { $date }, since there is room again
move-pause = { $title }: now on { $date }, after the pause
move-pause-ended = { $title }: now on { $date }, since the pause is shorter
move-beginning = { $title }: now on { $date }, since the plan begins on another day
move-any-time = { $title }: any time that suits you

me-title = Me
me-points = { $count ->
    [one] { $count } point
   *[other] { $count } points
}
me-next-level = { $count ->
    [one] { $count } point to “{ $title }”
   *[other] { $count } points to “{ $title }”
}
me-badges = Badges
me-ledger = Where the points come from
me-ledger-empty = The first lesson brings the first points.
me-rank = Rank: { $title }
me-next-rank = Next: { $title }, with { $need } of customers’ volume in a month
me-volume = Customers’ volume this month: { $count } (up to { $date })
me-sales = { $count ->
    [one] { $count } sale to a customer confirmed
   *[other] { $count } sales to customers confirmed
}
badge-earned = Earned on { $date }
badge-withdrawn = Taken back, since an order was corrected
points-lesson = Lesson: { $title }
points-badge = Badge: { $title }
points-reviews = Reviews
points-other = From your company
points-on = +{ $count } · { $date }

contacts-title = Contacts
contacts-add = Add a contact
contacts-search = Search by name
contacts-empty = Nobody here yet. Write down the first person who comes to mind.
contacts-none-found = Nobody has such a name.
contact-pick = Choose from the phone’s contacts
contact-share = Share the contact
contact-name = Name
contact-phone = Phone
contact-email = E-mail
contact-birthday = Birthday: day.month
contact-birthday-on = Birthday: { $date }
contact-note = Note
contact-edit = Change
contact-last-talk = Last talk: { $date }
contact-no-talk = No talk yet
contact-call = Call
contact-write = Write
contact-log = Note a talk
contact-log-note = What was said (may stay empty)
channel-call = Called
channel-message = Wrote
channel-meeting = Met
channel-other = Other
contact-follow-up = Talk again
contact-follow-up-on = Talk again: { $date }
contact-no-follow-up = Not planned
contact-tomorrow = Tomorrow
contact-in-days = { $count ->
    [one] In { $count } day
   *[other] In { $count } days
}
contact-do-not-contact = Do not contact
contact-do-not-contact-what = No task and no reminder will ever be about this person.
contact-do-not-contact-detail = This person does not want to be contacted.
contact-tags = Tags
contact-tag = New tag
contact-untag = Take off
contact-talks = Talks
contact-delete = Delete
contact-delete-title = Delete this contact?
contact-delete-what = “Delete” removes the contact and its talks on all your devices. “Erase for good” also wipes every copy on the server; nothing brings it back.
contact-erase = Erase for good
contact-gone = This contact was deleted.

people-title = My people
people-empty = Nobody needs a word today.
people-say = You could say:
people-share-words = Send these words
people-lesson = How to help: { $title }
people-done = Done
people-shared = You see only what each person shares with you.

messages-title = Messages
messages-unread = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
messages-empty = No messages. We write seldom, and only with a reason.
messages-new = New
messages-why = Why did I get this?
category-learning = Learning
category-team = Team
category-business = Business
category-company = Company
why-window-ever = It comes once only.
why-window-month = It comes once a month at most.
why-window-week = It comes once a week at most.
why-window-day = It comes once a day at most.
why-group = Of several like it, only the most important one comes.
why-never = Never this one again
why-category = Messages of this kind: { $category }

offers-title = Offers
offers-open = All offers
offers-empty = No offer right now. What your company gives for sales to customers stands here.
offer-sales = Sales to customers: { $count } of { $need }
offer-volume = Customers’ volume: { $count } of { $need }
offer-days-left = { $days ->
    [0] Today is the last day
    [one] { $days } day left
   *[other] { $days } days left
}
offer-dates = { $from } – { $until }
offer-terms = Terms: { $terms }
offer-why = Why: { $why }
offer-status-open = Open
offer-status-reached = Reached. Your company will hand out the reward.
offer-status-given = The reward was handed out
offer-status-lapsed = Its last day went by
offer-status-withdrawn = Taken back, since an order was returned or corrected
offer-status-other = Update the app to see how it stands.

reminders-title = My reminders
reminders-add = New reminder
reminders-edit = Change the reminder
reminders-empty = Nothing noted. Write down what you don’t want to forget.
reminders-night = It comes at this time, at night too.
reminder-text = What is it about?
reminder-day = Date: day.month.year
reminder-time = Time: hours:minutes
reminder-due = Due · { $time }
reminder-coming = Comes · { $time }
reminder-delete = Delete
reminder-of-contact = Remind me at a time of my own

settings-title = Settings
settings-language = Language
settings-nudges = Messages and reminders
settings-best-hour = The best hour for you
settings-pause-for = Pause all messages
settings-paused = Paused up to { $date }
settings-pause-end = Let them come again
settings-allow-again = Allow this again
settings-share = Tell my sponsor of my progress
settings-share-what = Lessons and the first sale; never your contacts.
settings-storage = Pictures and video
settings-metered = Load on mobile data too
settings-budget = Room on this phone
settings-held = { $count } MB are in use
settings-devices = Your devices
settings-ask-devices = Show my devices
settings-sync = How things stand with the server
device-this = This device
device-heard = Last heard of on { $date }
device-sign-out = Sign this device out
settings-data = Your data
settings-export = Save all my data to a file
settings-export-what = Everything that is yours, your contacts too. Keep the file where only you can open it.
settings-exported = Saved: { $file }

sync-title = Sync
sync-idle = All saved
sync-syncing = Talking to the server
sync-offline = Offline. All is saved on this phone.
sync-offline-waiting = { $count ->
    [one] Offline. All is saved; { $count } change waits to be sent.
   *[other] Offline. All is saved; { $count } changes wait to be sent.
}
sync-sign-in-needed = Please sign in again. All is saved.
sync-refused = { $count ->
    [one] The server did not take { $count } change. See why.
   *[other] The server did not take { $count } changes. See why.
}
sync-tries-again = The next try is at { $time }.
sync-nothing-waits = Nothing waits to be sent.
sync-waits = { $count ->
    [one] { $count } change waits to be sent.
   *[other] { $count } changes wait to be sent.
}
sync-kept = { $count ->
    [one] The server keeps { $count } change until it can take it.
   *[other] The server keeps { $count } changes until it can take them.
}
sync-last = Last in step: { $time }
sync-never = Not in step yet
sync-now = Sync now
sync-set-aside = A damaged file was set aside: { $file }
sync-refusals = What was not taken
refusal-lesson = A quiz or a lesson
refusal-review = A review
refusal-task = A task of the plan
refusal-contact = A contact
refusal-settings = A setting
refusal-other = A change
refusal-malformed = The server did not understand it. An update of the app may help.
refusal-too-long = It is too long. Shorten it and save it again.
refusal-too-many-records = There are too many. Delete some that you no longer need.
refusal-unknown-content = The lesson has changed meanwhile. Take it once more.
refusal-impossible-answers = The questions have changed meanwhile. Take the quiz once more.
refusal-unknown = The server gave a reason that this app does not know. Update the app.
refusal-dismiss = Put away

welcome-title = Welcome
welcome-invite = A letter for you, and a look around.
welcome-letter = A letter for you
welcome-letter-from = A letter from { $name }
welcome-video = A word from the leader
welcome-tour = A look around
welcome-step = { $at } of { $of }
welcome-begin = Let us begin
welcome-none = Your company has no letter yet.

error-sign-in-needed = Please sign in again. Nothing is lost.
error-wrong-credentials = The name or the password is wrong.
error-code-invalid = This code is not known, or was used already. Ask for a new one.
error-password-unsuitable = The password needs 8 characters or more.
error-too-many-attempts = { $minutes ->
    [one] Too many tries. Again in { $minutes } minute.
   *[other] Too many tries. Again in { $minutes } minutes.
}
error-other-account = Somebody else is signed in here. Sign out first.
error-unreachable = The server can’t be reached. All is saved; we try again by ourselves.
error-not-qadam = What answers is not Qadam’s server. Check the address, or sign in to this Wi-Fi.
error-untrusted = The connection is not safe. Check the date of your phone, or use another network.
error-insecure-address = The address has to begin with https.
error-invalid-address = This address can’t be read. Check it letter by letter.
error-update-needed = This app is too old. Update it; all is saved.
error-server-too-old = The server is older than this app. Tell your company.
error-server-busy = The server is busy. We try again by ourselves.
error-unsent = { $count ->
    [one] { $count } change is not sent yet. Connect, and try again.
   *[other] { $count } changes are not sent yet. Connect, and try again.
}
error-secure-store-locked = Unlock your phone, then open Qadam again.
error-secure-store-missing = This phone keeps no secrets. Set a screen lock.
error-secure-store-invalidated = The screen lock was changed. Please sign in again.
error-storage-full = The phone is full. Delete something, then try again.
error-storage-corrupt = The data were damaged and set aside. Open Qadam again.
error-storage-newer = A newer Qadam wrote the data. Update the app.
error-storage = The phone’s storage does not answer. Start the phone anew.
error-not-found = This is not here any more.
error-content-missing = The content is not here yet. It comes with the next connection.
error-lesson-locked = This lesson is not open yet.
error-task-completes-itself = This task is done by itself, once it is done.
error-invalid = This can’t be accepted. Check what you typed.
error-wrong-hash = A file came damaged. Try again.
error-closed = Open Qadam again.
error-internal = Something went wrong in the app. Open it again; all is saved.
