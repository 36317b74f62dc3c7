import Bytes
import TestSupport
import Testing

@testable import Outputs

@Suite struct KernelConfigurationTests {
    private static let text = "# Linux\nCONFIG_RD_GZIP=y\nCONFIG_RD_ZSTD=y\nCONFIG_SQUASHFS_ZSTD=m\n"

    /// A plain arm64 kernel that has the configuration after `count` bytes.
    private static func kernel(at count: Int, _ text: String = text) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let magic = Array("ARM\u{64}".utf8)
        bytes.replaceSubrange(0x38..<0x3c, with: magic)
        bytes += Array("IKCFG_ST".utf8) + StoredGzip.compress(Array(text.utf8)) + Array("IKCFG_ED".utf8)
        return bytes + [UInt8](repeating: 7, count: 5000)
    }

    @Test(
        "The embedded configuration is found wherever it is",
        arguments: [64, 1000, (1 << 20) - 100, (1 << 20) - 4, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
    func places(count: Int) throws {
        let kernel = Self.kernel(at: count)
        let found = KernelConfiguration.embedded(in: ByteArrayAccess(kernel))
        #expect(found?.text == Array(Self.text.utf8))
        let compressed = StoredGzip.compress(kernel)
        #expect(
            KernelConfiguration.embedded(in: ByteArrayAccess(compressed))?.text == Array(Self.text.utf8))
    }

    @Test("Only options that are built in are enabled")
    func options() throws {
        let configuration = try #require(
            KernelConfiguration.embedded(in: ByteArrayAccess(Self.kernel(at: 64))))
        #expect(configuration.enables("CONFIG_RD_ZSTD"))
        #expect(!configuration.enables("CONFIG_SQUASHFS_ZSTD"))
        #expect(!configuration.enables("CONFIG_RD_ZST"))
        #expect(!configuration.enables("RD_ZSTD"))
    }

    @Test("What cannot be read is no configuration")
    func damaged() throws {
        let kernel = Self.kernel(at: 64)
        for count in [0, 8, 60, 64, 72, 80, kernel.count - 5009] {
            #expect(KernelConfiguration.embedded(in: ByteArrayAccess(Array(kernel[..<count]))) == nil)
        }
        var wrong = kernel
        wrong[64 + 8] ^= 1
        #expect(KernelConfiguration.embedded(in: ByteArrayAccess(wrong)) == nil)
        #expect(KernelConfiguration.embedded(in: ByteArrayAccess(Array("BZh91AY".utf8))) == nil)
    }
}
