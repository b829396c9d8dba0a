# Why a message came, line by line: what was known of the person then, and what the rule asks for. Each fact of the manual of rules has its words.

line-equal = { $fact }: { $value }
line-other = { $fact }: { $value }, not { $bound }
line-less = { $fact }: { $value }, less than { $bound }
line-at-most = { $fact }: { $value }, { $bound } at most
line-more = { $fact }: { $value }, more than { $bound }
line-at-least = { $fact }: { $value }, { $bound } at least

bound-fact = { $value } (“{ $fact }”)
bound-percent = { $value } ({ $percent } % of “{ $fact }”)

fact-lesson-completed = { $value ->
    [0] The lesson “{ $about }” is not completed yet
   *[other] The lesson “{ $about }” is completed
}
fact-lesson-failures = Quizzes of the lesson “{ $about }” not passed
fact-lesson-best = Best quiz of the lesson “{ $about }”, in percent
fact-course-completed = Lessons completed of the course “{ $about }”
fact-lessons-completed = Lessons completed
fact-quizzes-perfect = Lessons whose quiz had no fault
fact-quizzes-failed = Attempts at one quiz not passed
fact-reviews-answered = Reviews answered
fact-days-run = Longest run of days with work done
fact-sales = Confirmed sales
fact-sales-volume = Volume of these sales
fact-volume = Customers’ volume this month
fact-rank = Number of the rank reached
fact-points = Points
fact-streak = Streak, in days
fact-reviews-due = Reviews due
fact-days-since-joining = Days since joining
fact-days-since-activity = Days since anything was done in the app
fact-days-left-in-month = Days left in the month
fact-volume-to-next-rank = Volume that lacks to the next rank
fact-plan-done = Plan done, in percent
fact-tasks-overdue = Tasks that are late
fact-goal-left = Steps left to the first goal
fact-contacts = Contacts written down
fact-follow-ups-due = Contacts to talk to again
fact-birthdays-today = Birthdays today
fact-volume-goal = Your own goal for the month
fact-newcomers-silent = Newcomers of yours who were not heard of for five days
fact-newcomers-stuck = Newcomers of yours who got no further for seven days
