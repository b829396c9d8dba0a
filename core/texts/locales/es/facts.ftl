# Por qué llegó un mensaje, línea por línea: lo que se sabía entonces de la persona y lo que pide la regla.

line-equal = { $fact }: { $value }
line-other = { $fact }: { $value }, no { $bound }
line-less = { $fact }: { $value }, menos de { $bound }
line-at-most = { $fact }: { $value }, { $bound } como máximo
line-more = { $fact }: { $value }, más de { $bound }
line-at-least = { $fact }: { $value }, { $bound } como mínimo

bound-fact = { $value } («{ $fact }»)
bound-percent = { $value } ({ $percent } % de «{ $fact }»)

fact-lesson-completed = { $value ->
    [0] La lección «{ $about }» aún no está terminada
   *[other] La lección «{ $about }» está terminada
}
fact-lesson-failures = Cuestionarios no aprobados de la lección «{ $about }»
fact-lesson-best = Mejor cuestionario de la lección «{ $about }», en por ciento
fact-course-completed = Lecciones terminadas del curso «{ $about }»
fact-lessons-completed = Lecciones terminadas
fact-quizzes-perfect = Lecciones con un cuestionario sin fallos
fact-quizzes-failed = Intentos no aprobados de un mismo cuestionario
fact-reviews-answered = Repasos respondidos
fact-days-run = Racha más larga, en días
fact-sales = Ventas confirmadas
fact-sales-volume = Volumen de estas ventas
fact-volume = Volumen de clientes este mes
fact-rank = Número del rango alcanzado
fact-points = Puntos
fact-streak = Racha actual, en días
fact-reviews-due = Repasos pendientes
fact-days-since-joining = Días desde que te uniste
fact-days-since-activity = Días sin hacer nada en la app
fact-days-left-in-month = Días que quedan del mes
fact-volume-to-next-rank = Volumen que falta para el siguiente rango
fact-plan-done = Plan hecho, en por ciento
fact-tasks-overdue = Tareas atrasadas
fact-goal-left = Pasos que faltan para la primera meta
fact-contacts = Contactos anotados
fact-follow-ups-due = Contactos con quienes volver a hablar
fact-birthdays-today = Cumpleaños de hoy
fact-volume-goal = Tu propia meta del mes
fact-newcomers-silent = Personas nuevas tuyas sin noticias desde hace cinco días
fact-newcomers-stuck = Personas nuevas tuyas sin avanzar desde hace siete días
