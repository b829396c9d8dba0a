package app.qadam.desk

import com.sun.jna.Library
import com.sun.jna.Memory
import com.sun.jna.Native
import com.sun.jna.NativeLong
import com.sun.jna.Pointer
import com.sun.jna.ptr.IntByReference
import com.sun.jna.ptr.NativeLongByReference
import com.sun.jna.ptr.PointerByReference
import java.awt.Point

/** Where the window of this title begins on the screen. */
fun place(title: String): Point = onDisplay { display ->
    val (x, y) = List(2) { IntByReference() }
    val others = List(5) { NativeLongByReference() }
    val window = window(display, title)
    check(XGetGeometry(display, window, others[0], x, y, others[1], others[2], others[3], others[4]) != 0) { "the window has a place" }
    Point(x.value, y.value)
}

/** Asks the window of this title to close, as a window manager's cross does. */
fun askToClose(title: String): Unit = onDisplay { display ->
    val window = window(display, title)
    // An XClientMessageEvent: the window at 32, the message at 40, its format at 48, and its data from 56 on.
    val event = Memory(192).apply {
        clear()
        setInt(0, CLIENT_MESSAGE)
        setNativeLong(32, window)
        setNativeLong(40, XInternAtom(display, "WM_PROTOCOLS", false))
        setInt(48, 32)
        setNativeLong(56, XInternAtom(display, "WM_DELETE_WINDOW", false))
    }
    check(XSendEvent(display, window, false, NativeLong(0), event) != 0) { "the window was asked" }
}

private fun <T> onDisplay(work: X11.(Pointer) -> T): T {
    val x = Native.load("X11", X11::class.java)
    val display = checkNotNull(x.XOpenDisplay(null)) { "there is a display" }
    try {
        return x.work(display)
    } finally {
        x.XCloseDisplay(display)
    }
}

private fun X11.window(display: Pointer, title: String): NativeLong = windows(display).single { title(display, it) == title }

private const val CLIENT_MESSAGE = 33

private fun X11.windows(display: Pointer): List<NativeLong> {
    val (root, parent) = List(2) { NativeLongByReference() }
    val children = PointerByReference()
    val count = IntByReference()
    check(XQueryTree(display, XDefaultRootWindow(display), root, parent, children, count) != 0) { "the windows are told" }
    val windows = List(count.value) { children.value.getNativeLong(it.toLong() * Native.LONG_SIZE) }
    children.value?.let(::XFree)
    return windows
}

private fun X11.title(display: Pointer, window: NativeLong): String? {
    val title = PointerByReference()
    if (XFetchName(display, window, title) == 0) return null
    return title.value.getString(0).also { XFree(title.value) }
}

@Suppress("FunctionName")
private interface X11 : Library {
    fun XOpenDisplay(name: String?): Pointer?

    fun XCloseDisplay(display: Pointer): Int

    fun XDefaultRootWindow(display: Pointer): NativeLong

    fun XQueryTree(
        display: Pointer,
        window: NativeLong,
        root: NativeLongByReference,
        parent: NativeLongByReference,
        children: PointerByReference,
        count: IntByReference,
    ): Int

    fun XGetGeometry(
        display: Pointer,
        window: NativeLong,
        root: NativeLongByReference,
        x: IntByReference,
        y: IntByReference,
        width: NativeLongByReference,
        height: NativeLongByReference,
        border: NativeLongByReference,
        depth: NativeLongByReference,
    ): Int

    fun XFetchName(display: Pointer, window: NativeLong, name: PointerByReference): Int

    fun XInternAtom(display: Pointer, name: String, onlyIfExists: Boolean): NativeLong

    fun XSendEvent(display: Pointer, window: NativeLong, propagate: Boolean, mask: NativeLong, event: Pointer): Int

    fun XFree(data: Pointer): Int
}
