import Host
import TestSupport
import Testing

/// What must be installed where the executable runs.
@Suite struct LinkageTests {
    @Test("The executable needs neither Foundation nor ICU")
    func libraries() throws {
        let result = try Command("ldd", [Executable.path]).run()
        let libraries = result.outputText.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.map { $0.trimmingPrefix { $0 == "\t" } }
        }
        // A static executable has none, and ldd says so.
        #expect(libraries.contains("libc.so.6") || result.errorText.contains("not a dynamic executable"))
        for library in libraries {
            #expect(
                !library.hasPrefix("libFoundation.so") && !library.hasPrefix("libFoundationNetworking")
                    && !library.hasPrefix("libFoundationInternationalization")
                    && !library.lowercased().contains("icu"), "\(library)")
        }
        #expect(!result.outputText.contains("not found"), "\(result.outputText)")
    }
}
