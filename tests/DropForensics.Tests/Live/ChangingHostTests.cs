using System.Globalization;
using DropForensics.Core.Recording;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>
/// Captures while interfaces are renamed, moved, made and deleted and namespaces come and go: all end well, and what could not be read is
/// listed. How many there are is DROPFORENSICS_STORMS.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class ChangingHostTests : IDisposable
{
    private const int DefaultCaptures = 5, AtOnce = 4;

    // So many that a dump of them takes the kernel several datagrams, between which it lets go of its lock.
    private const string Links =
        "for i in $(seq 60); do echo \"link add a$i type veth peer name p$i\"; done | ip -batch -";

    // A namespace that the mount table lists and no path leads to any more: nobody can read it.
    private const string Hidden =
        "ip netns add hidden; stat -Lc %i /run/netns/hidden >/run/hidden; mount -t tmpfs tmpfs /run/netns";

    // Names change hands between links that are far apart in a dump. Each loop ends when its file is gone, and after five minutes by itself.
    private const string Storm =
        """
        going() { [ -e "$1" ] && [ $SECONDS -lt 300 ]; }
        renames() { while going "$1"; do
          for i in $(seq 30); do printf 'link set dev a%s name spare\nlink set dev a%s name a%s\nlink set dev spare name a%s\n' $i $((61 - i)) $i $((61 - i)); done | ip -batch -
        done; }
        moves() { while going "$1"; do
          ip netns add storm && ip link add m type veth peer name n && ip link set n netns storm && ip -n storm link set n name m
          ip netns del storm; ip link del m
        done; }
        births() { while going "$1"; do for i in 1 2 3 4 5 6 7 8; do unshare --net true & done; wait; done; }
        deaths() { while going "$1"; do ip link add gone type veth peer name gone2; ip link del gone; done; }
        renames "$1" & moves "$1" & births "$1" & deaths "$1" &
        wait
        """;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;
    private readonly long _hidden;

    public ChangingHostTests()
    {
        Requires.LiveKernel();
        Requires.Program("ip", "iproute2");
        _host = new LiveHost();
        _host.Sh(Links);
        _host.Sh(Hidden);
        _hidden = long.Parse(_host.Run("cat", "/run/hidden").Output, CultureInfo.InvariantCulture);
    }

    private static int Captures =>
        int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_STORMS"), CultureInfo.InvariantCulture, out var captures) ? captures : DefaultCaptures;

    [Fact]
    public async Task In_a_storm_of_changes_every_capture_ends_well_and_lists_what_it_could_not_read()
    {
        var stop = _directory.File("going");
        File.WriteAllText(stop, "");
        using var storm = _host.Start("bash", "-c", Storm, "storm", stop);
        var before = TracefsSettings.Of(_host);
        try
        {
            for (var first = 0; first < Captures; first += AtOnce)
            {
                var batch = Enumerable.Range(first, Math.Min(AtOnce, Captures - first)).Select(number => Task.Factory.StartNew(() => CaptureOne(number), TaskCreationOptions.LongRunning));
                await Task.WhenAll(batch);
            }
        }
        finally
        {
            File.Delete(stop);
            Shell.Wait(storm);
        }

        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host?.Dispose();   // null where the constructor skipped
        _directory.Dispose();
    }

    private void CaptureOne(int number)
    {
        var file = _directory.File($"{number}.db");
        var finished = _host.Run("bash", "-c", $"ulimit -Sn 64; exec {string.Join(' ', Agent.Command)} --duration 150ms -o {file}");

        Assert.True(finished.ExitCode == 0, $"capture {number}: {finished}");
        Assert.Equal("duration", Db.Scalar<string>(file, "select ended from capture"));
        foreach (var phase in (string[])["before", "after"]) AssertListed(file, phase);
    }

    // The host's own namespace is always there to be read, the hidden one never; one that is listed as unread has left nothing behind.
    private void AssertListed(string file, string phase)
    {
        Assert.True(Db.Scalar<long>(file, $"select count(*) from artifact where phase = '{phase}' and path = '/proc/net/dev'") > 0);
        var unread = UnreadEvidence.Parse(Db.Scalar<byte[]>(file, $"select content from artifact where phase = '{phase}' and path = '{UnreadEvidence.Path}'"));
        Assert.Contains(unread, each => each.What == $"network namespace {_hidden}");
        foreach (var each in unread.Where(each => each.What.StartsWith("network namespace ", StringComparison.Ordinal)))
        {
            var netns = long.Parse(each.What.AsSpan("network namespace ".Length), CultureInfo.InvariantCulture);
            Assert.Equal(0, Db.Scalar<long>(file, $"select count(*) from artifact where phase = '{phase}' and netns = {netns}"));
        }
    }
}
