import Bytes
import FileTree
import Foundation
import Host
import PartitionTable
import TestSupport
import Testing

/// Other people's tools judge what we wrote.
@Suite struct PartitionOracleTests {
    private static func verify(_ path: String) throws -> String {
        try Tool.run("sgdisk", ["-v", path]).outputText
    }

    @Test(
        "sgdisk and sfdisk find a GPT without fault, with our GUIDs, types and names",
        .enabled(if: Tool.available("sgdisk", "sfdisk"), "sgdisk or sfdisk is not installed"))
    func gpt() throws {
        let layout = try Disk.gpt()
        let directory = try TemporaryDirectory()
        let path = try directory.write("disk", Disk.bytes(layout.extents))
        #expect(try Self.verify(path).contains("No problems found"))
        try Tool.run("sfdisk", ["--verify", path])
        let gpt = try #require(try PartitionedDisk(Disk.access(layout)).gpt)
        let table = try Self.sfdisk(path)
        #expect(table.label == "gpt")
        #expect(table.id == gpt.identifier.description)
        #expect(table.firstlba == 34)
        #expect(table.lastlba == 16350)
        let partitions = gpt.partitions.compactMap { $0 }
        #expect(table.partitions?.map(\.uuid) == partitions.map(\.identifier.description))
        #expect(table.partitions?.map(\.type) == partitions.map(\.type.description))
        #expect(table.partitions?.map(\.name) == partitions.map(\.name))
        #expect(table.partitions?.map(\.start) == [2048, 4096])
        #expect(table.partitions?.map(\.size) == [10, 2])
    }

    @Test(
        "sgdisk takes a hybrid disk for one, and its GPT for whole",
        .enabled(if: Tool.available("sgdisk", "sfdisk"), "sgdisk or sfdisk is not installed"))
    func hybrid() throws {
        let layout = try Disk.hybrid()
        let directory = try TemporaryDirectory()
        let path = try directory.write("disk", Disk.bytes(layout.extents))
        let report = try Self.verify(path)
        #expect(report.contains("No problems found"), "\(report)")
        let table = try Self.sfdisk(path, ["--label-nested", "mbr"])
        #expect(table.partitions?.map(\.type) == ["ee", "ef"])
        #expect(try Self.sfdisk(path).partitions?.map(\.start) == [64])
    }

    @Test(
        "sfdisk finds an MBR without fault",
        .enabled(if: Tool.available("sfdisk"), "sfdisk is not installed"))
    func mbr() throws {
        let layout = try Disk.mbr()
        let directory = try TemporaryDirectory()
        let path = try directory.write("disk", Disk.bytes(layout.extents))
        try Tool.run("sfdisk", ["--verify", path])
        let mbr = try #require(try PartitionedDisk(Disk.access(layout)).mbr)
        let table = try Self.sfdisk(path)
        let digits = String(mbr.diskSignature, radix: 16)
        #expect(table.label == "dos")
        #expect(table.id == "0x" + String(repeating: "0", count: 8 - digits.count) + digits)
        #expect(table.partitions?.map(\.start) == [2048, 4096])
        #expect(table.partitions?.map(\.type) == ["ef", "83"])
        #expect(table.partitions?.map(\.bootable) == [nil, true])
    }

    private struct Table: Decodable {
        struct Partition: Decodable {
            let start: Int
            let size: Int
            let type: String
            let uuid: String?
            let name: String?
            let bootable: Bool?
        }

        let label: String
        let id: String
        let firstlba: Int?
        let lastlba: Int?
        let partitions: [Partition]?
    }

    private struct Report: Decodable { let partitiontable: Table }

    private static func sfdisk(_ path: String, _ options: [String] = []) throws -> Table {
        let arguments = options + ["--json", path]
        let output = try Tool.run("sfdisk", arguments, environment: ["LC_ALL": "C.UTF-8"]).output
        return try JSONDecoder().decode(Report.self, from: Data(output)).partitiontable
    }
}
