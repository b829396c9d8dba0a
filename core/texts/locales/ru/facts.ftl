# Почему пришло сообщение, строка за строкой: что было известно о человеке и чего требует правило.

line-equal = { $fact }: { $value }
line-other = { $fact }: { $value }, не { $bound }
line-less = { $fact }: { $value }, меньше { $bound }
line-at-most = { $fact }: { $value }, не больше { $bound }
line-more = { $fact }: { $value }, больше { $bound }
line-at-least = { $fact }: { $value }, не меньше { $bound }

bound-fact = { $value } («{ $fact }»)
bound-percent = { $value } ({ $percent } % от «{ $fact }»)

fact-lesson-completed = { $value ->
    [0] Урок «{ $about }» ещё не пройден
   *[other] Урок «{ $about }» пройден
}
fact-lesson-failures = Несданные тесты урока «{ $about }»
fact-lesson-best = Лучший тест урока «{ $about }», в процентах
fact-course-completed = Пройденные уроки курса «{ $about }»
fact-lessons-completed = Пройденные уроки
fact-quizzes-perfect = Уроки с тестом без ошибок
fact-quizzes-failed = Неудачные попытки одного теста
fact-reviews-answered = Отвеченные повторения
fact-days-run = Самая длинная серия дней
fact-sales = Подтверждённые продажи
fact-sales-volume = Объём этих продаж
fact-volume = Объём клиентов за месяц
fact-rank = Номер достигнутого ранга
fact-points = Баллы
fact-streak = Текущая серия, в днях
fact-reviews-due = Повторения на сегодня
fact-days-since-joining = Дней с начала
fact-days-since-activity = Дней без занятий в приложении
fact-days-left-in-month = Дней до конца месяца
fact-volume-to-next-rank = Сколько объёма не хватает до следующего ранга
fact-plan-done = Выполнено плана, в процентах
fact-tasks-overdue = Просроченные задачи
fact-goal-left = Шагов до первой цели
fact-contacts = Записанные контакты
fact-follow-ups-due = Контакты, с которыми пора поговорить
fact-birthdays-today = Дни рождения сегодня
fact-volume-goal = Ваша цель на месяц
fact-newcomers-silent = Ваши новички, от которых пять дней нет вестей
fact-newcomers-stuck = Ваши новички, которые семь дней не продвинулись
