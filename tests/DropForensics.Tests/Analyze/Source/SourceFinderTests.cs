using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Source;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Source;

/// <summary>Lines of the source by debug information that a real compiler wrote.</summary>
public sealed partial class SourceFinderTests : IDisposable
{
    // The line of each call that a stack would hold.
    private const int DropLine = 5, InlinedInto = 8, ModuleLine = 3;

    private const string Kernel =
        """
        __attribute__((noinline)) void free_packet(volatile int *packet) { *packet = 0; }
        static inline __attribute__((always_inline)) void checked_drop(volatile int *packet)
        {
            if (*packet)
                free_packet(packet);
            *packet = 2;
        }
        __attribute__((noinline)) int udp_drop(volatile int *packet) { checked_drop(packet); return *packet; }
        int main(void) { volatile int packet = 1; return udp_drop(&packet); }
        """;

    private const string Module =
        """
        extern void free_packet(volatile int *packet);
        int other(volatile int *packet) { return *packet; }
        int mod_drop(volatile int *packet) { free_packet(packet); return *packet; }
        """;

    private readonly ScratchDirectory _scratch = new();

    public SourceFinderTests()
    {
        Requires.Program("gcc", "gcc");
        Requires.Program("addr2line", "binutils");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_deciding_frame_has_its_line_and_what_it_is_inlined_into()
    {
        string vmlinux = Compile("net/ipv4/udp.c", Kernel, "vmlinux", "-g -O2 -Wl,--build-id");

        SiteFacts site = SourceFinder.AddTo(Facts(("kernel", BuildIdOf(vmlinux)), Frame(vmlinux, "udp_drop")), vmlinux).Sites[0];

        Assert.NotNull(site.Source);
        Assert.Equal([("checked_drop", "net/ipv4/udp.c", DropLine), ("udp_drop", "net/ipv4/udp.c", InlinedInto)], site.Source.Select(frame => (frame.Function, frame.File, frame.Line)));
        var model = new ReportModel(SourceFinder.AddTo(Facts(("kernel", BuildIdOf(vmlinux)), Frame(vmlinux, "udp_drop")), vmlinux), "1");
        Assert.Contains($"`udp_drop` drops at `net/ipv4/udp.c:{DropLine}`, in `checked_drop`, which is inlined at `net/ipv4/udp.c:{InlinedInto}`.", model.Findings[0].Evidence.Select(EvidenceWords.Of));
    }

    [Fact]
    public void A_modules_own_file_is_found_below_a_folder_by_its_build_id()
    {
        Compile("drivers/net/mod.c", Module, "m.o", "-g -O2 -c");
        Sh($"cd '{Folder}' && ld -r --build-id -o m.ko m.o");
        string id = BuildIdOf(_scratch.File("m.ko")), folder = Path.Combine(Folder, "debug", ".build-id", id[..2]);
        Directory.CreateDirectory(folder);
        File.Copy(_scratch.File("m.ko"), Path.Combine(folder, id[2..] + ".debug"));

        SiteFacts site = SourceFinder.AddTo(Facts(("mymod", id), Frame(_scratch.File("m.ko"), "mod_drop") + " [mymod]"), Path.Combine(Folder, "debug")).Sites[0];

        Assert.Equal([("mod_drop", "drivers/net/mod.c", ModuleLine)], (site.Source ?? []).Select(frame => (frame.Function, frame.File, frame.Line)));
    }

    [Fact]
    public void Debug_information_of_another_kernel_is_refused()
    {
        string vmlinux = Compile("net/ipv4/udp.c", Kernel, "vmlinux", "-g -O2 -Wl,--build-id");
        CaptureFacts facts = Facts(("kernel", "00112233445566778899aabbccddeeff00112233"), Frame(vmlinux, "udp_drop"));

        foreach (string path in new[] { vmlinux, Folder })
            Assert.Contains("00112233445566778899aabbccddeeff00112233", Assert.Throws<UserError>(() => SourceFinder.AddTo(facts, path)).Message);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("text")]
    [InlineData("empty")]
    public void What_is_no_debug_information_is_refused(string name)
    {
        File.WriteAllText(_scratch.File("text"), "\u007fELF\u0002\u0001 and no more");
        File.WriteAllText(_scratch.File("empty"), "");

        UserError error = Assert.Throws<UserError>(() => SourceFinder.AddTo(Facts(("kernel", "aabb"), "udp_drop+0x5/0x9"), _scratch.File(name)));

        Assert.StartsWith("Give --debuginfo a vmlinux", error.Remedy);
    }

    // addr2line says ??:0 then.
    [Fact]
    public void A_file_that_has_symbols_and_no_lines_gives_none()
    {
        string vmlinux = Compile("net/ipv4/udp.c", Kernel, "vmlinux", "-O2 -Wl,--build-id");

        Assert.Null(SourceFinder.AddTo(Facts(("kernel", BuildIdOf(vmlinux)), Frame(vmlinux, "udp_drop")), vmlinux).Sites[0].Source);
    }

    // A capture may come from anywhere, and files are looked for by its build ids.
    [Theory]
    [InlineData("../../etc")]
    [InlineData("/etc/passwd")]
    [InlineData("aabb; rm -rf x")]
    public void What_is_no_build_id_is_none(string id) =>
        Assert.Contains("no build ids", Assert.Throws<UserError>(() => SourceFinder.AddTo(Facts(("kernel", id), "udp_drop+0x5/0x9"), Folder)).Message);

    [Fact]
    public void A_capture_without_build_ids_says_so() =>
        Assert.Contains("no build ids", Assert.Throws<UserError>(() => SourceFinder.AddTo(Facts(null, "udp_drop+0x5/0x9"), Folder)).Message);

    [Fact]
    public void A_file_that_is_cut_anywhere_is_refused_or_read_and_never_fails_otherwise()
    {
        byte[] whole = File.ReadAllBytes(Compile("net/ipv4/udp.c", Kernel, "vmlinux", "-g -O2 -Wl,--build-id"));
        string cut = _scratch.File("cut");
        for (int length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(cut, whole[..length]);
            ElfImage.TryOpen(cut)?.Functions(new HashSet<string> { "udp_drop" });
            byte[] damaged = [.. whole];
            damaged[length] ^= 0xff;
            File.WriteAllBytes(cut, damaged);
            ElfImage.TryOpen(cut)?.Functions(new HashSet<string> { "udp_drop" });
        }
    }

    private string Folder => _scratch.FullName;

    private static string Sh(string script)
    {
        Finished finished = Shell.Run("sh", "-euc", script);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        return finished.Output;
    }

    private CaptureFacts Facts((string Module, string Id)? build, string frame)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        string frames = $"trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 {frame.Replace(" [", "§[", StringComparison.Ordinal)} ip_protocol_deliver_rcu+0xb3/0x180 process_backlog+0x83/0x130";
        MadeCapture.Write(path, MadeCapture.Whole, [(0, MadeCapture.EventAndStack(101, frames).Replace("§[", " [", StringComparison.Ordinal))], (writer, _) =>
        {
            if (build is { } one) writer.AddArtifact(ArtifactPhase.Before, 0, "build-ids.tsv", Encoding.UTF8.GetBytes($"module\tbuild_id\n{one.Module}\t{one.Id}\n"));
        });
        return MadeCapture.Read(path).Facts;
    }

    private string Compile(string source, string text, string output, string options)
    {
        string file = Path.Combine(Folder, source);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);   // it is below the scratch directory
        File.WriteAllText(file, text);
        Sh($"cd '{Folder}' && gcc {options} -o {output} {source}");
        return _scratch.File(output);
    }

    private static string BuildIdOf(string file) => BuildId().Match(Sh($"readelf -n '{file}'")).Groups[1].Value;

    // As a stack holds it: the address behind the call of free_packet.
    private static string Frame(string file, string function)
    {
        Match code = Regex.Match(Sh($"objdump -d '{file}'"), $@"^([0-9a-f]+) <{function}>:\n(?:.*\n)*?.*\b(?:call|bl)\b.*\n(?:\s+[0-9a-f]+: R_.*\n)?\s*([0-9a-f]+):", RegexOptions.Multiline);
        Assert.True(code.Success, function);
        return $"{function}+0x{ulong.Parse(code.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - ulong.Parse(code.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture):x}/0x40";
    }

    [GeneratedRegex("Build ID: ([0-9a-f]+)")]
    private static partial Regex BuildId();
}
