using System.Globalization;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// Captures of many hosts with the same work: loads that differ as loads do, windows of two lengths, clocks apart. Some have much more of one cause, planted here;
/// others only look as if they had. Made by changing copies of one capture, so that a thousand take a minute.
/// </summary>
internal sealed class PlantedFleet
{
    private const long Window = 20_000_000_000, ShortWindow = 10_000_000_000, Opened = 100_000_000_000;

    // What every host drops, and how often; the last is so rare that many hosts have none.
    private static readonly (string Reason, double Part)[] Usual = [("NO_SOCKET", 0.5), ("NETFILTER_DROP", 0.25), ("TCP_OLD_DATA", 0.15), ("SOCKET_RCVBUFF", 0.0995), ("IP_INHDR", 0.0005)];

    private readonly Random _random = new(20261130);
    private readonly string _folder, _base;
    private readonly int _drops;

    private PlantedFleet(string folder, int drops)
    {
        (_folder, _drops, _base) = (folder, drops, Path.Combine(folder, "base"));
        Random random = _random;
        MadePackets.Write(_base, MadePackets.Eprobe with { WitnessDrops = drops, WitnessSlack = 0, ClosedNs = Opened + Window, WindowNs = Window, KernelVersion = "#1 SMP" }, writer =>
            writer.AddClock(new ClockReading(Opened, Opened, Fleet.OpenedRealNs)),
            [.. Enumerable.Range(0, drops).Select(i => new MadePackets.Drop(
                i % 3 == 0 ? MadePackets.VethB : MadePackets.Eth0, MadePackets.Udp(1 + (i % 20), 2, 30_000 + (i % 50), 53 + (i % 3)), Reason: ReasonAt((double)i / drops))
            { AfterNs = random.NextInt64(Window) })]);
    }

    /// <summary>The files.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Hosts that have much more of a cause than the others, and which.</summary>
    public List<(string Host, string Reason)> Planted { get; } = [];

    /// <summary>Files that are none, or damaged.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Makes the fleet.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="hosts">How many, the damaged among them.</param>
    /// <param name="damaged">Files that are damaged or no captures.</param>
    /// <param name="planted">Hosts that stand out: three kinds in turn.</param>
    /// <param name="drops">About so many of each host in the longer window.</param>
    public static PlantedFleet Make(string folder, int hosts, int damaged, int planted, int drops)
    {
        var fleet = new PlantedFleet(folder, drops * 3 / 2);
        for (int i = 0; i < hosts; i++) fleet.Add(i, i < planted ? i % 3 : null, isDamaged: i >= hosts - damaged);
        File.Delete(fleet._base);
        return fleet;
    }

    private void Add(int number, int? plant, bool isDamaged)
    {
        string host = $"host-{number:d4}", path = Path.Combine(_folder, $"{host}.db");
        File.Copy(_base, path);
        Paths.Add(path);
        if (isDamaged)
        {
            Damage(path, number);
            return;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        void Do(string sql)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        // Two hosts differ by a factor of two easily, and of ten never.
        double load = Math.Clamp(0.6 * Math.Exp(0.25 * Normal()), 0.2, 1);
        Do("BEGIN");
        Do(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM drop_event WHERE (id * {1_103_515_245L + (2 * number)} + {number * 12_345L}) % 1000003 > {load} * 1000003"));
        bool isShort = number % 4 == 1;
        if (isShort) Do($"DELETE FROM drop_event WHERE t_ns > {ShortWindow}");
        if (plant is { } kind) Plant(host, kind, isShort, Do);
        if (number % 10 == 9) Burst(Do); // looks like more, and is one event
        Do($"UPDATE capture SET uuid = '00000000-0000-4000-8000-{number:x12}', host_name = '{host}', closed_ns = {Opened + (isShort ? ShortWindow : Window)}, witness_drops = (SELECT count(*) FROM drop_event)"
            + $", kernel_release = '{(number % 5 == 0 ? "6.12.107" : "6.18.9")}'");
        Do($"UPDATE clock SET real_ns = real_ns + {_random.NextInt64(30_000_000_000)}");
        Do("COMMIT");
    }

    private void Plant(string host, int kind, bool isShort, Action<string> run)
    {
        (string reason, int drops) = kind switch
        {
            0 => ("NETFILTER_DROP", 5 * _drops / 2), // ten times what others have
            1 => ("QDISC_DROP", 120), // no other has any
            _ => ("SOCKET_RCVBUFF", _drops), // and these as many
        };
        run($"INSERT OR IGNORE INTO reason (id, name, subsystem) SELECT 1000, '{reason}', 'core' WHERE NOT EXISTS (SELECT 1 FROM reason WHERE name = '{reason}')");
        run($"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {(isShort ? drops / 2 : drops)})
            INSERT INTO drop_event (t_ns, cpu, task_id, reason_id, site_id, ethertype, raw_line, interface_id, flow_id)
            SELECT (i * 7919 % {drops}) * ({(isShort ? ShortWindow : Window)} / {drops}), cpu, task_id, (SELECT id FROM reason WHERE name = '{reason}'), site_id, ethertype, 100000 + i, interface_id, flow_id
              FROM n, (SELECT * FROM drop_event LIMIT 1)
            """);
        Planted.Add((host, reason));
    }

    private static void Burst(Action<string> run)
    {
        run("INSERT INTO reason (id, name, subsystem) VALUES (1001, 'DEV_READY', 'core')");
        run("""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
            INSERT INTO drop_event (t_ns, cpu, task_id, reason_id, site_id, ethertype, raw_line, interface_id, flow_id)
            SELECT 5000000000 + i, cpu, task_id, 1001, site_id, ethertype, 200000 + i, interface_id, flow_id FROM n, (SELECT * FROM drop_event LIMIT 1)
            """);
    }

    private void Damage(string path, int number)
    {
        Damaged.Add(path);
        if (number % 3 == 0)
        {
            File.WriteAllText(path, "this is no capture\n");
            return;
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (number % 3 == 1) File.WriteAllBytes(path, bytes[..(bytes.Length / 3)]);
        else
        {
            bytes.AsSpan(4096, bytes.Length / 2).Fill(0x5a);
            File.WriteAllBytes(path, bytes);
        }
    }

    private static string ReasonAt(double part)
    {
        foreach ((string reason, double own) in Usual)
        {
            if (part < own) return reason;
            part -= own;
        }

        return Usual[^1].Reason;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
