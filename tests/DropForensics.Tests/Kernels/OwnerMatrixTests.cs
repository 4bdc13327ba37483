using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/owners recorded: drops of two control groups, beside a flood that nobody owns.</summary>
public sealed class OwnerMatrixTests
{
    private const string Unit = "nginx.service", Container = "containerd://0123456789ab, pod 4b1d8a52";

    // Tracepoint and free function name the receiving socket since 6.11.
    private static readonly Version FirstWithReceiver = new(6, 11);

    public static TheoryData<string, string> Runs =>
        [.. from kernel in MatrixKernel.With("owners") from probe in new[] { "eprobe", "kprobe" } select (kernel, $"owners-{probe}")];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_drop_has_its_owner_and_no_drop_has_anothers(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);
        Assert.True(ran.ExitCode == "0", ran.Log);
        var knowsReceivers = MatrixKernel.Of(kernel).Version >= FirstWithReceiver;

        // case, …, source port at 7, count at 9; the port ends in 01 or 02
        var expected = ran.Sent().Select(row => (Port: int.Parse(row[7]), Count: long.Parse(row[9]), Owner: OwnerOf(row[0], row[7], knowsReceivers))).ToList();
        Assert.Equal(6, expected.Count);
        foreach (var (port, count, owner) in expected.Where(sent => !IsUnseen(kernel, run, sent.Port)))
            Assert.Equal([[owner, $"{count}"]], Db.Texts(ran.Database, $"select owner, count(*) from drops where sport = {port} group by 1"));

        var flood = TsvFile.Rows(Path.Combine(Path.GetDirectoryName(ran.Database)!, $"{run}.sent")).Sum(row => long.Parse(row[0]));   // it is in a directory
        Assert.InRange(flood, 100, long.MaxValue);
        Assert.Equal([[null, $"{flood}"]], Db.Texts(ran.Database, "select owner, count(*) from drops where ip_protocol = 253 group by 1"));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_unit_and_a_container_of_a_pod_are_known_by_their_names(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.Equal(
            [
                [Container, null, "containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "4b1d8a52-0c1e-4f7a-9d55-2f6f0d9f7a11", "0"],
                [Unit, Unit, null, null, "0"],
            ],
            Db.Texts(ran.Database, "select distinct owner, unit, container, pod, uid from drops where owner is not null order by 1"));
    }

    // A queue hands back a list of packets, which 6.12 frees without the function that the kprobe is on.
    private static bool IsUnseen(string kernel, string run, int port) => kernel == "6.12" && run == "owners-kprobe" && port / 100 == 431;

    // Nobody is there for a packet to a closed port; and an older kernel does not say whose buffer was full.
    private static string? OwnerOf(string @case, string port, bool knowsReceivers) =>
        @case == "output" || (@case == "receive-buffer" && knowsReceivers) ? port.EndsWith("01", StringComparison.Ordinal) ? Unit : Container : null;
}
