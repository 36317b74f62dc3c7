import Bytes
import Digests
import FileTree
import Testing

@testable import PartitionTable

@Suite struct GUIDTests {
    @Test("A disk has the first three fields least significant byte first")
    func mixedEndian() throws {
        let esp: [UInt8] = [
            0x28, 0x73, 0x2A, 0xC1, 0x1F, 0xF8, 0xD2, 0x11, 0xBA, 0x4B, 0x00, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B,
        ]
        #expect(GUID.efiSystem.onDisk == esp)
        #expect(GUID(onDisk: esp[...]) == .efiSystem)
        #expect(GUID.biosBoot.onDisk.elementsEqual("Hah!IdontNeedEFI".utf8))
    }

    @Test("The text form is read in either case and written in upper case")
    func text() {
        let text = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
        #expect(GUID(text) == .linuxData)
        #expect(GUID(text.lowercased()) == .linuxData)
        #expect(GUID.linuxData.description == text)
        for wrong in ["", String(text.dropLast()), "0FC63DAF084830477208E7903D69D8477DE4", text + "0"] {
            #expect(GUID(wrong) == nil)
        }
        #expect(GUID("0FC63DAF-8483-4772-8E79-3D69D8477DEG") == nil)
    }

    @Test("Derived GUIDs say that they are custom, and differ by role and content")
    func derived() {
        let stamp = BuildStamp()
        let content = SHA256Digest(hashing: "content")
        let guid = GUID(stamp, role: "disk", of: content)
        // The same as the stamp's own text form.
        #expect(guid.description.lowercased() == stamp.uuid(role: "disk", of: content))
        let others = [
            GUID(stamp, role: "disk 2", of: content),
            GUID(stamp, role: "disk", of: SHA256Digest(hashing: "other")),
        ]
        #expect(!others.contains(guid))
        for guid in others + [guid] {
            #expect(guid.onDisk[7] & 0xF0 == 0x80)
            #expect(guid.onDisk[8] & 0xC0 == 0x80)
        }
    }
}
