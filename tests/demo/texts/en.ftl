# What the terminal phone says. A full stop leads back from anywhere.
language-name = English
welcome = This terminal is a phone now. Numbers choose; a single full stop leads back.
goodbye = Good night.

menu-lessons = Lessons
menu-reviews = Reviews
menu-awards = Awards
menu-results = Sales, rank and offers
menu-messages = Messages
menu-contacts = Contacts
menu-disconnect = Switch the connection off
menu-connect = Switch the connection on
menu-sync = Sync now
menu-status = Status
menu-language = Language
menu-next-evening = On to the next evening
menu-quit = Quit
choose = Your choice
choose-again = Please give numbers from 1 to { $most }.

choose-lesson = Lesson (Enter: menu)
lesson-open = { $minutes } minutes, { $points } points
lesson-completed = completed, best quiz { $best } %
lesson-passed = passed with { $best } %, but something before it is missing
lesson-waiting = next quiz from { $time } on
lesson-locked = first: { $first }
read-again = 1: read the lesson again, Enter: to the quiz
next-card = Enter: go on

quiz-begins = Quiz number { $number }: { $questions } questions, { $percent } % are enough. Enter leaves a question open.
quiz-passed = Passed with { $percent } %, { $needed } % were needed.
quiz-failed = { $percent } %, { $needed } % are needed. Read the explanations; the next quiz has other questions.
quiz-wait = The next quiz can be taken from { $time } on.
answer-single = Number
answer-multiple = All numbers that are right
answer-number = A number
answer-text = Your word
answer-order = All numbers in the right order
answer-match = Number of what belongs to it
true = True
false = False
verdict-right = Right.
verdict-partly = Partly right, { $percent } %.
verdict-wrong = Not right.
solution = Right would be: { $answer }

completed = Completed: { $lessons }
unlocked = Unlocked: { $lessons }
badge-earned = New badge: { $badge }. { $words }
points-earned = { $points ->
    [one] One point more.
   *[other] { $points } points more.
}
level-reached = New level: { $level }

reviews-due = { $count ->
    [0] Nothing is due for review. Done today: { $done }.
    [one] One question comes back this evening. Done today: { $done }.
   *[other] { $count } questions come back this evening. Done today: { $done }.
}
reviews-next = The next one comes on { $date }.
review-next = Comes back on { $date }.
ease = How easy was it? 1 hard, 2 good, 3 easy

awards-points = Points: { $points }. Level: { $level }.
awards-next-level = Next level: { $level }, from { $from } points.
awards-streak = Streak: { $days ->
    [one] one day
   *[other] { $days } days
}. Freezes: { $freezes }. Longest: { $longest }.
awards-badges = Badges:
awards-withdrawn = taken back
awards-ledger = Where the points came from:

results-rank = Rank: { $rank }.
results-next-rank = Next rank: { $rank }, from a customers' volume of { $need } in a month.
results-volume = { $month }: customers' volume { $volume }.
results-none = The company has not confirmed any sale yet.
results-sale = { $day }: a sale to a customer, volume { $volume }.
results-own = { $day }: your own order, volume { $volume }.
results-returned = { $day }: returned, volume { $volume }.
offer-open = { $reached } of { $goal } so far, until { $until }.
offer-reached = Reached with { $reached } of { $goal }. The company will send it.
offer-given = It was handed out.
offer-lapsed = It ended on { $until }, with { $reached } of { $goal }.
offer-withdrawn = It was taken back, since a sale was.
offer-other = A newer app shows how it stands.
notice = Taken back: { $what } Reason: { $because }.
why = Why? { $why }

messages-none = No messages yet.
message-comes = comes on { $time }
choose-message = Number: why did I get this? (Enter: back)
message-never = 1: never this one again, Enter: back
message-again = 1: let it come again, Enter: back

contacts-none = Nobody here yet.
choose-contact = Number, name to look for, + for a new contact (Enter: on)
contact-name = Name
contact-phone = Phone
contact-note = Note
do-not-contact = do not contact
choose-channel = A talk to note (Enter: back)
channel-call = Call
channel-message = Message
channel-meeting = Meeting
channel-other = Other
talk-note = What was it about?
kept = Kept.

connected = The connection is on.
disconnected = The connection is off. Everything goes on without it.
synced = Round trips: { $trips }. Changes sent: { $sent }, rows received: { $received }. Bytes up: { $up }, down: { $down }.
state-idle = In step with the server.
state-syncing = A sync is running.
state-offline = Without a connection.
state-later = The server can't be reached; it is tried again soon.
state-sign-in = Please sign in again. What waits is kept.
state-update = This app has to be updated.
state-problem = Something answers, but it is not our server, or a newer one is needed.
status-pending = { $count ->
    [0] Nothing waits to be sent.
    [one] One change waits to be sent.
   *[other] { $count } changes wait to be sent.
}
status-last = Last in step: { $time }
status-media = Media on this phone: { $held } KB, still missing: { $lacking } KB.
refused-too-much = Refused on { $time }: too long, or too many.
refused-content = Refused on { $time }: the content has no such thing.
refused-other = Refused on { $time }: not understood.

choose-language = Language (Enter: keep)
language-later = The texts come as soon as there is a connection.
language-here = The texts are here.
next-evening = It is { $time }.

error-unreachable = The server can't be reached. What you do is kept and sent later.
error-locked = This can't be opened yet.
error-invalid = That is not acceptable.
error-content = The content is not here yet.
error-storage-full = The storage is full.
error-other = That did not work: { $detail }
