# Хабарлама неге келді, жолма-жол: сол кезде адам туралы не белгілі еді және ереже нені талап етеді.

line-equal = { $fact }: { $value }
line-other = { $fact }: { $value }, { $bound } емес
line-less = { $fact }: { $value }, { $bound } санынан аз
line-at-most = { $fact }: { $value }, ең көбі { $bound }
line-more = { $fact }: { $value }, { $bound } санынан көп
line-at-least = { $fact }: { $value }, ең азы { $bound }

bound-fact = { $value } («{ $fact }»)
bound-percent = { $value } («{ $fact }», { $percent } %)

fact-lesson-completed = { $value ->
    [0] «{ $about }» сабағы әлі аяқталған жоқ
   *[other] «{ $about }» сабағы аяқталды
}
fact-lesson-failures = «{ $about }» сабағының тапсырылмаған тесттері
fact-lesson-best = «{ $about }» сабағының ең жақсы тесті, пайызбен
fact-course-completed = «{ $about }» курсының аяқталған сабақтары
fact-lessons-completed = Аяқталған сабақтар
fact-quizzes-perfect = Тесті қатесіз тапсырылған сабақтар
fact-quizzes-failed = Бір тесттің сәтсіз әрекеттері
fact-reviews-answered = Жауап берілген қайталаулар
fact-days-run = Күндердің ең ұзын тізбегі
fact-sales = Расталған сатылымдар
fact-sales-volume = Осы сатылымдардың көлемі
fact-volume = Осы айда клиенттердің көлемі
fact-rank = Жеткен дәреженің нөмірі
fact-points = Ұпайлар
fact-streak = Қазіргі тізбек, күнмен
fact-reviews-due = Бүгінгі қайталаулар
fact-days-since-joining = Қосылғаннан бергі күндер
fact-days-since-activity = Қолданбада ештеңе істелмеген күндер
fact-days-left-in-month = Айдың соңына дейінгі күндер
fact-volume-to-next-rank = Келесі дәрежеге жетпейтін көлем
fact-plan-done = Жоспардың орындалғаны, пайызбен
fact-tasks-overdue = Мерзімі өткен тапсырмалар
fact-goal-left = Бірінші мақсатқа дейінгі қадамдар
fact-contacts = Жазылған контактілер
fact-follow-ups-due = Қайта сөйлесетін контактілер
fact-birthdays-today = Бүгінгі туған күндер
fact-volume-goal = Осы айға қойған мақсатыңыз
fact-newcomers-silent = Бес күннен бері хабар жоқ жаңа адамдарыңыз
fact-newcomers-stuck = Жеті күннен бері ілгерілемеген жаңа адамдарыңыз
