package app.qadam.core

import kotlin.io.path.readText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ContactsTest {
    @Test
    fun contactsComeInPages() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        val contacts = phone.qadam.contacts
        for (name in listOf("Gulnara", "Aigul", "Zhanar", "Әсел", "Botagoz")) contacts.add(ContactEdit(name = name))
        val names = mutableListOf<String>()
        var page = contacts.page(ContactsQuery(limit = 2u))
        while (true) {
            names += page.contacts.map { it.name }
            page = contacts.page(ContactsQuery(limit = 2u, after = page.next ?: break))
        }
        assertEquals(5, names.size)
        assertEquals(names, contacts.page().contacts.map { it.name })
        assertEquals(listOf("Zhanar"), contacts.page(ContactsQuery(search = "zha")).contacts.map { it.name })
        assertNull(contacts.page().next)
    }

    @Test
    fun editsOfTwoDevicesAreMergedByField() = scenario { phones ->
        val (phone, login) = phones.ofNewPerson()
        val second = phones.another(login)
        val id = phone.qadam.contacts.add(ContactEdit(name = "Aigul", phone = "+7 701 000 00 00"))
        phone.qadam.contacts.tag(id, "neighbour")
        phone.qadam.contacts.logInteraction(id, Channel.CALL, "asked about the cream", at = 1_790_000_000_000)
        second.qadam.contacts.contact(id).until { it?.interactions?.size == 1 && it.tags.size == 1 }

        phone.goOffline()
        second.goOffline()
        phone.qadam.contacts.edit(id, ContactEdit(note = "call on Monday"))
        second.qadam.contacts.edit(id, ContactEdit(phone = "", doNotContact = true))
        phone.goOnline()
        second.goOnline()

        for (device in listOf(phone, second)) {
            val contact = device.qadam.contacts.contact(id).until { it?.doNotContact == true && it.note.isNotEmpty() }
            assertEquals("Aigul", contact?.name)
            assertEquals("", contact?.phone)
            assertEquals("call on Monday", contact?.note)
            assertEquals(listOf("neighbour"), contact?.tags?.map { it.text })
            assertEquals(1_790_000_000_000, contact?.interactions?.single()?.at)
        }

        phone.qadam.contacts.delete(id)
        assertNull(second.qadam.contacts.contact(id).until { it == null })
    }

    @Test
    fun exportHoldsContactsAndWhatWaits() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        phone.qadam.contacts.add(ContactEdit(name = "Zhanar"))
        phone.goOffline()
        phone.qadam.contacts.add(ContactEdit(name = "Әсел"))
        val path = phone.directory.resolve("export.json")
        phone.qadam.settings.export(path.toString())
        val text = path.readText()
        assertTrue("\"Zhanar\"" in text && "\"Әсел\"" in text, text)
        assertFailsWith<QadamException.Storage> { phone.qadam.settings.export(phone.directory.resolve("no such folder/export.json").toString()) }
        val nobody = phones.fresh()
        assertFailsWith<QadamException.SignedOut> { nobody.qadam.settings.export(path.toString()) }
        assertEquals(text, path.readText())
    }

    @Test
    fun cardIsForOthersAddressBooks() = scenario { phones ->
        val (phone, _) = phones.ofNewPerson()
        val id = phone.qadam.contacts.add(ContactEdit(name = "Әсел", phone = "+7 701 000 00 00", note = "secret"))
        val path = phone.directory.resolve("contact.vcf")
        phone.qadam.contacts.card(id, path.toString())
        assertEquals("BEGIN:VCARD|VERSION:3.0|FN:Әсел|N:Әсел;;;;|TEL;TYPE=CELL:+7 701 000 00 00|END:VCARD|", path.readText().replace("\r\n", "|"))
        assertFailsWith<QadamException.NotFound> { phone.qadam.contacts.card("nobody", path.toString()) }
    }
}
