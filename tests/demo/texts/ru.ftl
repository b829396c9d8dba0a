# Что говорит телефон в терминале. Точка отовсюду ведёт назад.
language-name = Русский
welcome = Теперь этот терминал — телефон. Выбирайте цифрами; одна точка ведёт назад.
goodbye = Спокойной ночи.

menu-lessons = Уроки
menu-reviews = Повторение
menu-awards = Награды
menu-results = Продажи, ранг и предложения
menu-messages = Сообщения
menu-contacts = Контакты
menu-disconnect = Выключить связь
menu-connect = Включить связь
menu-sync = Синхронизировать сейчас
menu-status = Состояние
menu-language = Язык
menu-next-evening = К следующему вечеру
menu-quit = Выход
choose = Ваш выбор
choose-again = Введите числа от 1 до { $most }.

choose-lesson = Урок (Enter: меню)
lesson-open = минут: { $minutes }, баллов: { $points }
lesson-completed = пройден, лучший тест { $best } %
lesson-passed = сдан на { $best } %, но не пройдено то, что перед ним
lesson-waiting = следующий тест с { $time }
lesson-locked = сначала: { $first }
read-again = 1: прочитать урок ещё раз, Enter: к тесту
next-card = Enter: дальше

quiz-begins = Тест, попытка { $number }. Вопросов: { $questions }, достаточно { $percent } %. Enter оставляет вопрос без ответа.
quiz-passed = Сдано: { $percent } %, нужно было { $needed } %.
quiz-failed = { $percent } %, а нужно { $needed } %. Прочитайте пояснения; в следующем тесте будут другие вопросы.
quiz-wait = Следующий тест можно пройти с { $time }.
answer-single = Номер
answer-multiple = Все верные номера
answer-number = Число
answer-text = Ваше слово
answer-order = Все номера в правильном порядке
answer-match = Номер того, что сюда подходит
true = Верно
false = Неверно
verdict-right = Правильно.
verdict-partly = Частично правильно, { $percent } %.
verdict-wrong = Неправильно.
solution = Правильный ответ: { $answer }

completed = Пройдено: { $lessons }
unlocked = Открыто: { $lessons }
badge-earned = Новый значок: { $badge }. { $words }
points-earned = { $points ->
    [one] Ещё { $points } балл.
    [few] Ещё { $points } балла.
    [many] Ещё { $points } баллов.
   *[other] Ещё { $points } балла.
}
level-reached = Новый уровень: { $level }

reviews-due = { $count ->
    [0] Повторять сегодня нечего. Сделано сегодня: { $done }.
    [one] Сегодня вечером возвращается { $count } вопрос. Сделано сегодня: { $done }.
    [few] Сегодня вечером возвращаются { $count } вопроса. Сделано сегодня: { $done }.
    [many] Сегодня вечером возвращаются { $count } вопросов. Сделано сегодня: { $done }.
   *[other] Сегодня вечером возвращаются { $count } вопроса. Сделано сегодня: { $done }.
}
reviews-next = Следующий вернётся { $date }.
review-next = Вернётся { $date }.
ease = Насколько легко было? 1 трудно, 2 нормально, 3 легко

awards-points = Баллы: { $points }. Уровень: { $level }.
awards-next-level = Следующий уровень: { $level }, от { $from } баллов.
awards-streak = Серия: { $days ->
    [one] { $days } день
    [few] { $days } дня
    [many] { $days } дней
   *[other] { $days } дня
}. Заморозок в запасе: { $freezes }. Самая длинная: { $longest }.
awards-badges = Значки:
awards-withdrawn = отозвана
awards-ledger = Откуда баллы:

results-rank = Ранг: { $rank }.
results-next-rank = Следующий ранг: { $rank }, от { $need } объёма клиентов за месяц.
results-volume = { $month }: объём клиентов { $volume }.
results-none = Компания ещё не подтвердила ни одной продажи.
results-sale = { $day }: продажа клиенту, объём { $volume }.
results-own = { $day }: ваш собственный заказ, объём { $volume }.
results-returned = { $day }: возврат, объём { $volume }.
offer-open = Пока { $reached } из { $goal }, до { $until }.
offer-reached = Выполнено: { $reached } из { $goal }. Компания вышлет награду.
offer-given = Награда вручена.
offer-lapsed = Закончилось { $until }, было { $reached } из { $goal }.
offer-withdrawn = Отозвано, потому что отозвана продажа.
offer-other = Как обстоит дело, покажет более новая версия.
notice = Отозвано: { $what } Причина: { $because }.
why = Почему? { $why }

messages-none = Сообщений пока нет.
message-comes = придёт { $time }
choose-message = Номер: почему это пришло? (Enter: назад)
message-never = 1: больше никогда, Enter: назад
message-again = 1: пусть снова приходит, Enter: назад

contacts-none = Пока никого нет.
choose-contact = Номер, имя для поиска, + для нового контакта (Enter: дальше)
contact-name = Имя
contact-phone = Телефон
contact-note = Заметка
do-not-contact = не беспокоить
choose-channel = Записать разговор (Enter: назад)
channel-call = Звонок
channel-message = Сообщение
channel-meeting = Встреча
channel-other = Другое
talk-note = О чём шла речь?
kept = Сохранено.

connected = Связь включена.
disconnected = Связь выключена. Без неё всё работает дальше.
synced = Обращений к серверу: { $trips }. Отправлено изменений: { $sent }, получено строк: { $received }. Байт туда: { $up }, обратно: { $down }.
state-idle = Всё совпадает с сервером.
state-syncing = Идёт синхронизация.
state-offline = Без связи.
state-later = Сервер недоступен; скоро будет новая попытка.
state-sign-in = Войдите, пожалуйста, ещё раз. Всё, что ждёт отправки, сохранено.
state-update = Это приложение нужно обновить.
state-problem = Кто-то отвечает, но это не наш сервер, или нужен более новый.
status-pending = { $count ->
    [0] Отправлять нечего.
    [one] Ждёт отправки { $count } изменение.
    [few] Ждут отправки { $count } изменения.
    [many] Ждут отправки { $count } изменений.
   *[other] Ждут отправки { $count } изменения.
}
status-last = Последний раз всё совпало: { $time }
status-media = Файлов на телефоне: { $held } КБ, ещё не хватает: { $lacking } КБ.
refused-too-much = Отклонено { $time }: слишком длинно или слишком много.
refused-content = Отклонено { $time }: в материалах такого нет.
refused-other = Отклонено { $time }: сервер этого не понял.

choose-language = Язык (Enter: оставить)
language-later = Тексты придут, как только появится связь.
language-here = Тексты уже здесь.
next-evening = Сейчас { $time }.

error-unreachable = Сервер недоступен. Всё, что вы делаете, сохраняется и отправится позже.
error-locked = Это пока закрыто.
error-invalid = Так не получится.
error-content = Материалов здесь пока нет.
error-storage-full = Память заполнена.
error-other = Не получилось: { $detail }
