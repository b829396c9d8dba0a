package app.qadam.desk

import java.awt.IllegalComponentStateException
import java.awt.Rectangle
import java.awt.Window
import javax.accessibility.Accessible
import javax.accessibility.AccessibleContext
import javax.accessibility.AccessibleState
import javax.swing.SwingUtilities
import kotlin.concurrent.thread

/**
 * One thing in a window, as a screen reader is told of it. Its bounds are those within the window: where that is on the screen, AWT does not always
 * know without a window manager.
 */
data class Thing(val role: String, val name: String, val focused: Boolean, val bounds: Rectangle)

/**
 * Tells whoever started the window what is in it: for each line that comes in, a line for each thing goes out, and [END] after them.
 *
 * AWT makes one for the property `javax.accessibility.assistive_technologies`, in the process that is read.
 */
class ScreenReader {
    init {
        thread(isDaemon = true, name = "screen reader") {
            while (readlnOrNull() != null) {
                val things = mutableListOf<Thing>()
                SwingUtilities.invokeAndWait { for (window in Window.getWindows()) if (window.isShowing && window is Accessible) read(window, window, things) }
                things.forEach { println(line(it)) }
                println(END)
            }
        }
    }

    private fun read(window: Window, accessible: Accessible, into: MutableList<Thing>) {
        val context = accessible.accessibleContext ?: return
        thing(window, context)?.let(into::add)
        for (child in 0 until context.accessibleChildrenCount) context.getAccessibleChild(child)?.let { read(window, it, into) }
    }

    /** Null for what is not in sight, or has nothing to say. */
    private fun thing(window: Window, context: AccessibleContext): Thing? {
        val name = context.accessibleName?.ifBlank { null } ?: return null
        val component = context.accessibleComponent ?: return null
        return try {
            val bounds = Rectangle(component.locationOnScreen ?: return null, component.size)
            window.locationOnScreen.let { bounds.translate(-it.x, -it.y) }
            Thing(context.accessibleRole.toString(), name, AccessibleState.FOCUSED in context.accessibleStateSet.toArray(), bounds)
        } catch (_: IllegalComponentStateException) {
            null
        }
    }

    companion object {
        private const val MARK = "screen reader\t"
        const val END = MARK + "end"

        private fun line(thing: Thing): String = thing.run {
            val words = name.replace(Regex("\\s+"), " ")
            listOf(role, focused, bounds.x, bounds.y, bounds.width, bounds.height, words).joinToString("\t", MARK)
        }

        /** Of a line that a reader prints; null for any other. */
        fun thing(line: String): Thing? {
            if (!line.startsWith(MARK) || line == END) return null
            val fields = line.removePrefix(MARK).split('\t')
            val (x, y, width, height) = fields.subList(2, 6).map(String::toInt)
            return Thing(fields[0], fields[6], fields[1].toBoolean(), Rectangle(x, y, width, height))
        }
    }
}
