back = Назад
cancel = Отмена
choose = Выберите
close = Закрыть
retry = Попробовать снова
save = Сохранить
days = { $count ->
    [one] { $count } день
    [few] { $count } дня
    [many] { $count } дней
   *[other] { $count } дня
}
megabytes = { $count } МБ

sign-in-title = Добро пожаловать в Qadam
sign-in-intro = Компания дала вам адрес, а также имя или код.
sign-in-server = Адрес сервера
sign-in-login = Имя для входа
sign-in-password = Пароль
sign-in-new-password = Новый пароль, от 8 знаков
sign-in-code = Код из приглашения
sign-in-have-code = У меня есть код
sign-in-have-password = У меня есть пароль
sign-in-scan = Сканировать код
sign-in-button = Войти
sign-in-begin = Задать пароль и начать
sign-out = Выйти
sign-out-anyway = Всё равно выйти и потерять неотправленное

today-title = Сегодня
today-greeting = Рады вас видеть, { $name }.
today-all-done = На сегодня всё. Отдыхайте.
today-next-lesson = Следующий урок
reviews-title = Повторение
reviews-due = { $count ->
    [one] { $count } вопрос вот-вот забудется
    [few] { $count } вопроса вот-вот забудутся
    [many] { $count } вопросов вот-вот забудутся
   *[other] { $count } вопроса вот-вот забудутся
}
reviews-left = { $count ->
    [one] Остался { $count } вопрос · { $title }
    [few] Осталось { $count } вопроса · { $title }
    [many] Осталось { $count } вопросов · { $title }
   *[other] Осталось { $count } вопроса · { $title }
}
reviews-check = Проверить
reviews-next = Дальше
reviews-how-easy = Верно. Легко ли было?
reviews-hard = Трудно
reviews-good = Нормально
reviews-easy = Легко
reviews-comes-back = Вернётся { $date }.
reviews-next-on = Следующий вернётся { $date }.
reviews-done = { $count ->
    [one] На сегодня готово: { $count } вопрос.
    [few] На сегодня готово: { $count } вопроса.
    [many] На сегодня готово: { $count } вопросов.
   *[other] На сегодня готово: { $count } вопроса.
}
reviews-empty = Повторять пока нечего. Сюда возвращаются пройденные вопросы.

streak-none = Один урок или повторение сегодня — и начнётся серия.
streak-days = { $count ->
    [one] { $count } день подряд
    [few] { $count } дня подряд
    [many] { $count } дней подряд
   *[other] { $count } дня подряд
}
streak-at-risk = { $count ->
    [one] { $count } день подряд. Несколько минут сегодня сохранят серию.
    [few] { $count } дня подряд. Несколько минут сегодня сохранят серию.
    [many] { $count } дней подряд. Несколько минут сегодня сохранят серию.
   *[other] { $count } дня подряд. Несколько минут сегодня сохранят серию.
}
streak-longest = { $count ->
    [one] Самая длинная: { $count } день
    [few] Самая длинная: { $count } дня
    [many] Самая длинная: { $count } дней
   *[other] Самая длинная: { $count } дня
}
streak-freezes = { $count ->
    [0] Свободных дней не осталось
    [one] { $count } свободный день в запасе
    [few] { $count } свободных дня в запасе
    [many] { $count } свободных дней в запасе
   *[other] { $count } свободного дня в запасе
}
streak-calendar = Последние четыре недели
streak-day-active = Учёба была
streak-day-frozen = Потрачен свободный день
streak-day-missed = Ничего

task-done = Сделано
task-progress = { $done } из { $of }
task-because = Открыто для вас: { $why }
task-status-done = Сделано { $date }
task-status-open = На сегодня
task-status-upcoming = Позже
task-status-waiting = Сначала: { $titles }
task-status-moved = Перенесено с { $date }
task-status-lapsed = Больше не в плане
notice-badge = Значок «{ $title }» снят.
notice-rule = Снято: { $why }
notice-other = Снято то, что вы заработали.
notice-because = Заказ возвращён или исправлен: { $orders }
notice-seen = Понятно

learn-title = Учёба
learn-empty = Уроки уже в пути. Они придут с первым подключением.
learn-assigned = Сейчас это для вас
lesson-minutes = { $count ->
    [one] { $count } минута
    [few] { $count } минуты
    [many] { $count } минут
   *[other] { $count } минуты
}
lesson-minutes-points = { $minutes } мин · очков: { $points }
lesson-locked = Сначала: { $titles }
lesson-open = Ждёт вас
lesson-waiting = Тест снова откроется { $time }
lesson-passed = Сдано. Осталось: { $titles }
lesson-completed = Пройдено
lesson-card = Карточка { $at } из { $of } · осталось { $minutes } мин
lesson-next = Дальше
lesson-back = К прошлой карточке
lesson-finish = Закончить урок
lesson-done = Готово
lesson-quiz = К тесту
lesson-quiz-continue = Продолжить тест
lesson-quiz-ahead = { $count ->
    [one] Впереди тест из { $count } вопроса. Чтобы сдать, нужно { $percent } %.
    [few] Впереди тест из { $count } вопросов. Чтобы сдать, нужно { $percent } %.
    [many] Впереди тест из { $count } вопросов. Чтобы сдать, нужно { $percent } %.
   *[other] Впереди тест из { $count } вопроса. Чтобы сдать, нужно { $percent } %.
}
media-not-here = Этого ещё нет на телефоне. Придёт при хорошей связи.
media-play-video = Включить видео
media-play-sound = Включить звук
media-transcript = Показать текст

quiz-title = Тест
quiz-question = Вопрос { $at } из { $of }
quiz-second-draw = На этот раз вопросы новые.
quiz-single = Выберите один ответ.
quiz-multiple = Выберите все верные ответы.
quiz-true-false = Верно или нет?
quiz-numeric = Введите число.
quiz-short-text = Введите одно-два слова.
quiz-ordering = Расставьте по порядку стрелками.
quiz-matching = Подберите пару к каждому.
quiz-scenario = Как вы поступите?
quiz-true = Верно
quiz-false = Неверно
quiz-number = Число
quiz-text = Ответ
quiz-move-up = Выше: { $text }
quiz-move-down = Ниже: { $text }
quiz-skipped = Нет ответа
quiz-next = Дальше
quiz-back = Назад
quiz-hand-in = Сдать
quiz-unanswered = { $count ->
    [one] Без ответа пока { $count } вопрос.
    [few] Без ответа пока { $count } вопроса.
    [many] Без ответа пока { $count } вопросов.
   *[other] Без ответа пока { $count } вопроса.
}
quiz-passed = Сдано: { $percent } %. Отлично!
quiz-failed = На этот раз { $percent } %. Нужно { $need } %.
quiz-wait = Прочитайте пояснения. Новые вопросы: { $time }.
quiz-try-again = Прочитайте пояснения и попробуйте новые вопросы.
quiz-again = Новые вопросы
quiz-read-again = Перечитать урок
quiz-next-lesson = Следующий урок: { $title }
quiz-solution = Правильно: { $answer }
verdict-right = ✓ Верно
verdict-partly = ◐ Отчасти верно
verdict-wrong = ✗ Не совсем
progress-points = { $count ->
    [one] +{ $count } очко
    [few] +{ $count } очка
    [many] +{ $count } очков
   *[other] +{ $count } очка
}
progress-badge = Новый значок: { $title }
progress-level = Новый уровень: { $title }
progress-unlocked = Теперь открыто: { $title }

plan-title = Ваш план
plan-none = У компании пока нет плана.
plan-day = День { $day } из { $days }
plan-progress = { $count ->
    [one] Готово { $percent } % · остался { $count } день
    [few] Готово { $percent } % · осталось { $count } дня
    [many] Готово { $percent } % · осталось { $count } дней
   *[other] Готово { $percent } % · осталось { $count } дня
}
plan-paused = Пауза до { $date }
plan-over = Дни плана прошли. Что осталось, ещё можно сделать.
plan-goal = Первая цель: { $title } ({ $done } из { $of })
plan-goal-reached = Первая цель достигнута: { $title }
plan-moved = { $count ->
    [one] Перенесена { $count } задача
    [few] Перенесены { $count } задачи
    [many] Перенесено { $count } задач
   *[other] Перенесено { $count } задачи
}
plan-moved-title = Что перенесено
plan-moved-seen = Понятно
plan-tasks = Задачи: { $done } из { $of }
plan-dates = { $from } – { $until }
plan-pause = Пауза: { $from } – { $until }
plan-pause-for = Поставить план на паузу
plan-resume = Закончить паузу
phase-done = Готово
phase-current = { $count ->
    [one] Сейчас · остался { $count } день
    [few] Сейчас · осталось { $count } дня
    [many] Сейчас · осталось { $count } дней
   *[other] Сейчас · осталось { $count } дня
}
phase-upcoming = С { $date }
phase-past = Дни прошли; что осталось, перенесено
move-day-passed = { $title }: теперь { $date }, прежний день прошёл
move-room = { $title }: теперь { $date }, чтобы освободить место
move-room-again = { $title }: теперь { $date }, снова есть место
move-pause = { $title }: теперь { $date }, после паузы
move-pause-ended = { $title }: теперь { $date }, пауза стала короче
move-beginning = { $title }: теперь { $date }, план начинается в другой день
move-any-time = { $title }: когда вам удобно

me-title = Я
me-points = { $count ->
    [one] { $count } очко
    [few] { $count } очка
    [many] { $count } очков
   *[other] { $count } очка
}
me-next-level = { $count ->
    [one] { $count } очко до уровня «{ $title }»
    [few] { $count } очка до уровня «{ $title }»
    [many] { $count } очков до уровня «{ $title }»
   *[other] { $count } очка до уровня «{ $title }»
}
me-badges = Значки
me-ledger = Откуда очки
me-ledger-empty = Первый урок принесёт первые очки.
me-rank = Ранг: { $title }
me-next-rank = Дальше: { $title }, нужно { $need } объёма клиентов за месяц
me-volume = Объём клиентов за месяц: { $count } (по { $date })
me-sales = { $count ->
    [one] Подтверждена { $count } продажа клиентам
    [few] Подтверждены { $count } продажи клиентам
    [many] Подтверждено { $count } продаж клиентам
   *[other] Подтверждено { $count } продажи клиентам
}
badge-earned = Получен { $date }
badge-withdrawn = Снят: заказ исправлен
points-lesson = Урок: { $title }
points-badge = Значок: { $title }
points-reviews = Повторение
points-other = От компании
points-on = +{ $count } · { $date }

contacts-title = Контакты
contacts-add = Добавить контакт
contacts-search = Поиск по имени
contacts-empty = Пока никого. Запишите первого, кто пришёл на ум.
contacts-none-found = Такого имени нет.
contact-pick = Выбрать из контактов телефона
contact-share = Поделиться контактом
contact-name = Имя
contact-phone = Телефон
contact-email = Эл. почта
contact-birthday = День рождения: день.месяц
contact-birthday-on = День рождения: { $date }
contact-note = Заметка
contact-edit = Изменить
contact-last-talk = Последний разговор: { $date }
contact-no-talk = Разговоров ещё не было
contact-call = Позвонить
contact-write = Написать
contact-log = Отметить разговор
contact-log-note = О чём говорили (можно оставить пустым)
channel-call = Звонок
channel-message = Сообщение
channel-meeting = Встреча
channel-other = Другое
contact-follow-up = Поговорить снова
contact-follow-up-on = Поговорить снова: { $date }
contact-no-follow-up = Не запланировано
contact-tomorrow = Завтра
contact-in-days = { $count ->
    [one] Через { $count } день
    [few] Через { $count } дня
    [many] Через { $count } дней
   *[other] Через { $count } дня
}
contact-do-not-contact = Не беспокоить
contact-do-not-contact-what = Ни одна задача и ни одно напоминание не коснётся этого человека.
contact-do-not-contact-detail = Этот человек не хочет, чтобы его беспокоили.
contact-tags = Метки
contact-tag = Новая метка
contact-untag = Снять
contact-talks = Разговоры
contact-delete = Удалить
contact-delete-title = Удалить этот контакт?
contact-delete-what = «Удалить» уберёт контакт и разговоры со всех ваших устройств. «Стереть навсегда» уничтожит и все копии на сервере; вернуть их нельзя.
contact-erase = Стереть навсегда
contact-gone = Этот контакт удалён.

people-title = Моя команда
people-empty = Сегодня никому не нужно ваше слово.
people-say = Можно сказать:
people-share-words = Отправить эти слова
people-lesson = Как помочь: { $title }
people-done = Готово
people-shared = Вы видите только то, чем человек делится с вами.

messages-title = Сообщения
messages-unread = { $count ->
    [one] { $count } новое сообщение
    [few] { $count } новых сообщения
    [many] { $count } новых сообщений
   *[other] { $count } нового сообщения
}
messages-empty = Сообщений нет. Мы пишем редко и только по делу.
messages-new = Новое
messages-why = Почему это пришло?
category-learning = Учёба
category-team = Команда
category-business = Дело
category-company = Компания
why-window-ever = Приходит один раз.
why-window-month = Приходит не чаще раза в месяц.
why-window-week = Приходит не чаще раза в неделю.
why-window-day = Приходит не чаще раза в день.
why-group = Из нескольких похожих приходит только самое важное.
why-never = Больше такого не присылать
why-category = Сообщения этого вида: { $category }

offers-title = Предложения
offers-open = Все предложения
offers-empty = Сейчас предложений нет. Здесь будет то, что компания даёт за продажи клиентам.
offer-sales = Продажи клиентам: { $count } из { $need }
offer-volume = Объём клиентов: { $count } из { $need }
offer-days-left = { $days ->
    [0] Сегодня последний день
    [one] Остался { $days } день
    [few] Осталось { $days } дня
    [many] Осталось { $days } дней
   *[other] Осталось { $days } дня
}
offer-dates = { $from } – { $until }
offer-terms = Условия: { $terms }
offer-why = Почему: { $why }
offer-status-open = Открыто
offer-status-reached = Выполнено. Компания вручит награду.
offer-status-given = Награда вручена
offer-status-lapsed = Последний день прошёл
offer-status-withdrawn = Снято: заказ возвращён или исправлен
offer-status-other = Обновите приложение, чтобы увидеть, как идут дела.

reminders-title = Мои напоминания
reminders-add = Новое напоминание
reminders-edit = Изменить напоминание
reminders-empty = Пока ничего нет. Запишите то, что не хотите забыть.
reminders-night = Придёт в это время, даже ночью.
reminder-text = О чём напомнить?
reminder-day = Дата: день.месяц.год
reminder-time = Время: часы:минуты
reminder-due = Пора · { $time }
reminder-coming = Придёт · { $time }
reminder-delete = Удалить
reminder-of-contact = Напомнить в моё время

settings-title = Настройки
settings-language = Язык
settings-nudges = Сообщения и напоминания
settings-best-hour = Удобный для вас час
settings-pause-for = Пауза для всех сообщений
settings-paused = Пауза по { $date }
settings-pause-end = Пусть приходят снова
settings-allow-again = Снова разрешить
settings-share = Сообщать спонсору о моих успехах
settings-share-what = Уроки и первая продажа; ваши контакты — никогда.
settings-storage = Картинки и видео
settings-metered = Загружать и через мобильную сеть
settings-budget = Место на телефоне
settings-held = Занято: { $count } МБ
settings-devices = Ваши устройства
settings-ask-devices = Показать устройства
settings-sync = Связь с сервером
device-this = Это устройство
device-heard = Последний раз: { $date }
device-sign-out = Выйти на этом устройстве
settings-data = Ваши данные
settings-export = Сохранить все мои данные в файл
settings-export-what = Всё, что принадлежит вам, и контакты тоже. Храните файл там, где его откроете только вы.
settings-exported = Сохранено: { $file }

sync-title = Синхронизация
sync-idle = Всё сохранено
sync-syncing = Идёт обмен с сервером
sync-offline = Нет сети. Всё сохранено на телефоне.
sync-offline-waiting = { $count ->
    [one] Нет сети. Всё сохранено; { $count } изменение ждёт отправки.
    [few] Нет сети. Всё сохранено; { $count } изменения ждут отправки.
    [many] Нет сети. Всё сохранено; { $count } изменений ждут отправки.
   *[other] Нет сети. Всё сохранено; { $count } изменения ждут отправки.
}
sync-sign-in-needed = Войдите, пожалуйста, снова. Всё сохранено.
sync-refused = { $count ->
    [one] Сервер не принял { $count } изменение. Узнать почему.
    [few] Сервер не принял { $count } изменения. Узнать почему.
    [many] Сервер не принял { $count } изменений. Узнать почему.
   *[other] Сервер не принял { $count } изменения. Узнать почему.
}
sync-tries-again = Следующая попытка: { $time }.
sync-nothing-waits = Всё отправлено.
sync-waits = { $count ->
    [one] { $count } изменение ждёт отправки.
    [few] { $count } изменения ждут отправки.
    [many] { $count } изменений ждут отправки.
   *[other] { $count } изменения ждут отправки.
}
sync-kept = { $count ->
    [one] Сервер хранит { $count } изменение, пока не сможет его принять.
    [few] Сервер хранит { $count } изменения, пока не сможет их принять.
    [many] Сервер хранит { $count } изменений, пока не сможет их принять.
   *[other] Сервер хранит { $count } изменения, пока не сможет их принять.
}
sync-last = Последний обмен: { $time }
sync-never = Обмена ещё не было
sync-now = Обменяться сейчас
sync-set-aside = Повреждённый файл отложен: { $file }
sync-refusals = Что не принято
refusal-lesson = Тест или урок
refusal-review = Повторение
refusal-task = Задача плана
refusal-contact = Контакт
refusal-settings = Настройка
refusal-other = Изменение
refusal-malformed = Сервер этого не понял. Может помочь обновление приложения.
refusal-too-long = Слишком длинно. Сократите и сохраните снова.
refusal-too-many-records = Слишком много. Удалите то, что больше не нужно.
refusal-unknown-content = Урок тем временем изменился. Пройдите его ещё раз.
refusal-impossible-answers = Вопросы тем временем изменились. Пройдите тест ещё раз.
refusal-unknown = Сервер назвал причину, которой приложение не знает. Обновите приложение.
refusal-dismiss = Убрать

welcome-title = Добро пожаловать
welcome-invite = Письмо для вас и небольшая прогулка.
welcome-letter = Письмо для вас
welcome-letter-from = Письмо. { $name }
welcome-video = Слово лидера
welcome-tour = Небольшая прогулка
welcome-step = { $at } из { $of }
welcome-begin = Начнём
welcome-none = У компании пока нет письма.

error-sign-in-needed = Войдите, пожалуйста, снова. Ничего не потеряно.
error-wrong-credentials = Имя или пароль неверны.
error-code-invalid = Код неизвестен или уже использован. Попросите новый.
error-password-unsuitable = В пароле должно быть от 8 знаков.
error-too-many-attempts = { $minutes ->
    [one] Слишком много попыток. Снова через { $minutes } минуту.
    [few] Слишком много попыток. Снова через { $minutes } минуты.
    [many] Слишком много попыток. Снова через { $minutes } минут.
   *[other] Слишком много попыток. Снова через { $minutes } минуты.
}
error-other-account = Здесь вошёл кто-то другой. Сначала выйдите.
error-unreachable = Сервер недоступен. Всё сохранено; мы попробуем сами.
error-not-qadam = Отвечает не сервер Qadam. Проверьте адрес или войдите в эту сеть Wi-Fi.
error-untrusted = Соединение небезопасно. Проверьте дату на телефоне или смените сеть.
error-insecure-address = Адрес должен начинаться с https.
error-invalid-address = Адрес не читается. Проверьте его по буквам.
error-update-needed = Приложение устарело. Обновите его; всё сохранено.
error-server-too-old = Сервер старше приложения. Сообщите компании.
error-server-busy = Сервер занят. Мы попробуем сами.
error-unsent = { $count ->
    [one] { $count } изменение ещё не отправлено. Подключитесь и попробуйте снова.
    [few] { $count } изменения ещё не отправлены. Подключитесь и попробуйте снова.
    [many] { $count } изменений ещё не отправлены. Подключитесь и попробуйте снова.
   *[other] { $count } изменения ещё не отправлены. Подключитесь и попробуйте снова.
}
error-secure-store-locked = Разблокируйте телефон и откройте Qadam снова.
error-secure-store-missing = Телефон не хранит тайн. Включите блокировку экрана.
error-secure-store-invalidated = Блокировка экрана изменилась. Войдите, пожалуйста, снова.
error-storage-full = Телефон переполнен. Удалите что-нибудь и попробуйте снова.
error-storage-corrupt = Данные были повреждены и отложены. Откройте Qadam снова.
error-storage-newer = Данные записал более новый Qadam. Обновите приложение.
error-storage = Память телефона не отвечает. Перезапустите телефон.
error-not-found = Этого больше нет.
error-content-missing = Содержимого ещё нет. Оно придёт со следующим подключением.
error-lesson-locked = Этот урок ещё закрыт.
error-task-completes-itself = Эта задача отметится сама, когда будет сделана.
error-invalid = Так не получится. Проверьте, что вы ввели.
error-wrong-hash = Файл пришёл повреждённым. Попробуйте снова.
error-closed = Откройте Qadam снова.
error-internal = В приложении что-то пошло не так. Откройте его снова; всё сохранено.
