import Host
import Outputs
import TestSupport
import Testing

/// What is taken where `--efi-boot` is not given is the package as it stands in this tree.
@Suite(.enabled(if: Tool.available("git"), "git is not installed"))
struct BootPackageTests {
    @Test("The default of --efi-boot is the tag of packages/boot-efi")
    func efi() throws {
        let directory = try TemporaryDirectory()
        let result = try Executable.run(
            ["pkg", "show-tag", "\(Conformance.root)/packages/boot-efi"], in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            result.outputText == BootFiles.defaultImage(.efi) + "\n",
            "Sources/Pipeline/Outputs/Boot/DefaultBootImages.swift")
    }
}
