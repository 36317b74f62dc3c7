import Testing

@testable import Outputs

@Suite("Losses in words") struct LossTests {
    private static func attribute(_ path: String, _ name: String = "user.a") -> Loss {
        Loss(path: path, kind: .attribute(name: name, store: "squashfs"))
    }

    @Test("Few files are named, many are counted")
    func attributes() {
        func lines(_ paths: [String]) -> [String] {
            LossGroup.groups(paths.map { Self.attribute($0) }).map { $0.line() }
        }
        #expect(lines(["f"]) == ["dropped extended attribute user.a of /f (squashfs cannot store it)"])
        #expect(
            lines(["f", "g"]) == ["dropped extended attribute user.a of /f and /g (squashfs cannot store it)"]
        )
        #expect(
            lines(["f", "g", "h"])
                == ["dropped extended attribute user.a of /f, /g and /h (squashfs cannot store it)"])
        #expect(
            lines(["f", "g", "h", "i"]) == [
                "dropped extended attribute user.a of 4 files, such as /f (squashfs cannot store it)"
            ])
    }

    @Test("Each attribute has a line, in the order of the image")
    func kinds() {
        let groups = LossGroup.groups([
            Self.attribute("b", "user.b"), Self.attribute("c", "user.a"), Self.attribute("d", "user.b"),
            Loss(path: "boot/ucode.cpio", kind: .microcode), Loss(path: "n", kind: .nameEnd),
        ])
        #expect(
            groups.map { $0.line(.refused) } == [
                "would drop extended attribute user.b of /b and /d (squashfs cannot store it)",
                "would drop extended attribute user.a of /c (squashfs cannot store it)",
                "would leave out the microcode /boot/ucode.cpio, which only an initrd can carry",
                "Linux shows only the first 253 bytes of the name /n",
            ])
        #expect(groups.allSatisfy { !$0.isSummary })
    }

    @Test("Names that Joliet shortens are one line, and nothing to Linux")
    func joliet() {
        let losses = ["a", "b"].map { Loss(path: "\($0)1", kind: .jolietName($0)) }
        let groups = LossGroup.groups(losses)
        #expect(
            groups.map { $0.line() } == [
                "Joliet, which Windows reads, shortens 2 names, such as /a1 to a; Linux reads them whole"
            ])
        #expect(groups[0].isSummary && groups[0].details.count == 2)
        #expect(losses.allSatisfy { !$0.isSeenByLinux })
        #expect(Self.attribute("f").isSeenByLinux)
    }
}
