#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of the fault list and writes docs/reliability.md: every case, the test that shows it, its result.

  python3 docs/make_reliability.py [--build build] [--junit RESULTS.xml ...]

--junit: takes the results from earlier runs of ctest (--output-junit, --test-output-size-passed 4000000), the later one
where two hold the same test.
Needs a build with the tests (installer/check.sh). The table below is the fault list of the design, in its order.
"""
import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# (case, [test or test::function]); an empty list: no test shows it.
CASES = {
    'Process': [
        ('SIGKILL of a rank in the middle of a step: 80, all gone within 2 s', ['process_faults_test::killedRankEndsAllWithin2s']),
        ('SIGSTOP of a rank: 81, rank and collective named', ['process_faults_test::stoppedRankIsAHang']),
        ('SIGKILL of the supervisor: its ranks go too', ['process_faults_test::killedSupervisorTakesItsRanksAlong']),
        ('Ctrl-C: a checkpoint, 130', ['process_faults_test::ctrlCSavesAndEndsWith130']),
        ('a second Ctrl-C: at once, within 2 s', ['process_faults_test::secondCtrlCEndsAtOnce']),
        ('a rank that ignores SIGTERM', ['faults_process_test::deafToSigterm']),
        ('one rank throws before a collective: its cause is shown, not what the others saw', ['faults_data_test::truncatedJpeg', 'faults_data_test::fifo']),
        ('limit on the address space: 84', ['faults_process_test::limitOnTheAddressSpace']),
        ('an expert rank without tokens: the step completes', ['model_experts_test::noTokensAtAll']),
        ('uneven last batch: the same steps on all', ['train_data_test::slicesMakeUpTheGlobalBatch', 'train_data_test::orderIsPermutationsInARow']),
        ('a number that is none on one rank: all 82, not saved', ['dist_checkpoint_test::notANumberEndsAllRanks']),
        ('a grandchild that holds the pipe', ['faults_process_test::grandchildHoldingThePipe']),
        ('two runs in one folder: the second is refused', ['process_faults_test::secondRunInOneFolderIsRefused']),
        ('1 GB of stderr: no stall', ['faults_process_test::gigabyteOfStderr']),
    ],
    'Disk': [
        ('SIGKILL at every write, fsync, rename, open and removal of a save, one rank; also of the whole run', ['faults_kill_test::oneRank']),
        ('the same, two ranks, every third save beside the training', ['faults_kill_two_ranks_test::twoRanks']),
        ('no space in the middle of a shard', ['faults_disk_test::noSpaceInTheMiddleOfAShard']),
        ('a file system (tmpfs) that fills up during the run', ['faults_disk_test::fileSystemThatFillsUp']),
        ('fsync fails (EIO), each of a save: the save fails, is never tried again, training goes on', ['faults_disk_test::fsyncThatFails']),
        ('RLIMIT_FSIZE', ['faults_disk_test::limitOnTheSizeOfFiles']),
        ('read-only folder: found at the start', ['process_faults_test::readOnlyFolderIsFoundAtTheStart']),
        ('full disk: found at the start', ['process_faults_test::fullDiskIsFoundAtTheStart']),
        ('a temporary folder that was left over', ['faults_disk_test::restsOfAnEarlierDeath']),
        ('no space for the metrics: training goes on, one warning', ['faults_disk_test::metricsThatCanNotBeWritten']),
        ('SIGKILL while an old checkpoint is removed', ['faults_kill_test::oneRank']),
    ],
    'Network': [
        ('link down in a collective: 81', ['faults_network_test::unpluggedIsAHang']),
        ('connections cut: 80', ['faults_network_test::cutIsALostPeer']),
        ('200 ms of delay, 1 Mbit/s: the same losses', ['faults_network_test::slowNetworksGiveTheSameLosses']),
        ('a port that is taken', ['process_faults_test::takenPortIsNamed']),
        ('only loopback listens', ['process_faults_test::nothingListensBeyondThisMachine', 'process_network_test::withoutBindNoneListensOnTheNetwork']),
        ('garbage into every port that ranks listen on', ['faults_network_test::garbageIntoEveryPort']),
        ('a rank that never joins is named', ['faults_network_test::rankThatNeverJoinsIsNamed', 'dist_collectives_test::missingRankIsNamed']),
        ('two machines train as one', ['process_network_test::twoMachinesTrainAsOne']),
    ],
    'Config (78, within 1 s of the processor and 100 MB, line named)': [
        ('billion laughs', ['faults_config_test::refused(billion laughs']),
        ('alias cycle', ['faults_config_test::refused(alias cycle)']),
        ('10k deep', ['faults_config_test::refused(10k deep', 'faults_config_test::refused(a megabyte deep, in lines)']),
        ('lr: .nan, 1e400', ['faults_config_test::refused(.nan)', 'faults_config_test::refused(.inf)', 'faults_config_test::refused(1e400)']),
        ('2^63 samples, overflowing products', ['faults_config_test::refused(2^63', 'faults_config_test::refused(overflowing product)']),
        ('duplicate and unknown keys', ['faults_config_test::refused(duplicate key)', 'faults_config_test::refused(unknown key)']),
        ('not UTF-8, NUL', ['faults_config_test::refused(not UTF-8)', 'faults_config_test::refused(NUL)']),
        ('experts that do not divide over the ranks', ['faults_config_test::refused(experts not divisible by ranks)']),
        ('no such file', ['faults_config_test::noFile']),
    ],
    'Data (65 on every rank, row or sample named)': [
        ('../../etc/passwd, a link out', ['faults_data_test::pathThatLeadsOut', 'faults_data_test::absolutePath', 'faults_data_test::linkThatLeadsOut']),
        ('FIFO, /dev/zero', ['faults_data_test::fifo', 'faults_data_test::linkToADevice']),
        ('35 bytes that claim 65535 x 32767 pixels', ['faults_data_test::giantClaim']),
        ('truncated JPEG', ['faults_data_test::truncatedJpeg']),
        ('a line of 1 GB', ['faults_data_test::lineOfAGigabyte']),
        ('bad UTF-8, lone surrogate', ['faults_data_test::notUtf8', 'faults_data_test::loneSurrogate']),
        ('ESC in a caption', ['faults_data_test::escapesInACaption']),
        ('crafted tokenizer', ['faults_data_test::craftedTokenizers', 'faults_data_test::unknownPieceOfAnotherName']),
        ('data changed since the checkpoint', ['faults_data_test::dataChangedSinceTheCheckpoint']),
        ('empty file, no file', ['faults_data_test::noRowsAndNoFile']),
    ],
    'Checkpoint (83, file named)': [
        ('a bit flipped in any file: 10,000 places under ASan and UBSan', ['faults_checkpoint_test::byTheThousand']),
        ('the same through the program', ['faults_checkpoint_test::flippedBits']),
        ('truncation at every header byte', ['faults_checkpoint_test::byTheThousand', 'faults_checkpoint_test::cutAndMissingFiles']),
        ('overlap, hole, overflow, duplicate key, header of 2^63 bytes, a pickle', ['faults_checkpoint_test::forgedShards']),
        ("a rank's file missing", ['faults_checkpoint_test::cutAndMissingFiles']),
        ('shards of two steps', ['faults_checkpoint_test::shardsOfTwoSteps']),
        ('../ in the manifest', ['faults_checkpoint_test::namesThatLeadOut']),
        ('no use is made of a corrupt one (resume, eval, export)', ['faults_checkpoint_test::nobodyUsesIt']),
        ('resuming is bitwise, and leaving out a state item makes that fail', ['dist_resume_test::everyStepIsBitwise', 'dist_resume_test::everyItemCounts']),
        ('4 -> 2 -> 3 -> 4 ranks', ['dist_resume_test::otherRanksKeepEveryByte']),
        ('a damaged newest one is passed over, loudly', ['process_restart_test::aDamagedCheckpointIsPassedOver']),
    ],
    'Window': [
        ('SIGKILL in the middle of a run, re-attach', ['ui_window_test::killedWindowLeavesTrainingRunning']),
        ('frozen for 60 s: ranks do not wait', ['ui_window_test::frozenWindowHoldsNobodyUp']),
        ('unreadable and half-written run folders', ['base_runs_test']),
        ('other user, stale socket, oversized frame', ['launch_control_test::anotherUserIsRefused', 'launch_control_test::aDeadSupervisorsSocketIsReplaced', 'launch_control_test::oversizedFrameIsRefusedByItsHeader']),
    ],
    'Fuzzers (libFuzzer, ASan, UBSan)': [
        ('config reader', ['fuzz_config']),
        ('safetensors header', ['fuzz_safetensors']),
        ('manifest', ['fuzz_manifest']),
        ('JSONL record', ['fuzz_jsonl']),
        ('arrays of records (COCO, VQA v2)', ['fuzz_json_arrays']),
        ('tar shard', ['fuzz_tar']),
        ('tokenizer file', ['fuzz_tokenizer']),
        ('control frames', ['fuzz_control_frame']),
    ],
}


def known_tests(build):
    """Names of the tests whose programs are built."""
    listing = subprocess.run(['ctest', '--test-dir', build, '--show-only=json-v1'], capture_output=True, text=True, check=True).stdout
    programs = os.path.join(os.path.abspath(build), 'tests') + os.sep
    known = set()
    for test in json.loads(listing)['tests']:
        if all(os.path.exists(word) for word in test.get('command', []) if word.startswith(programs)):
            known.add(test['name'])
    return known


def wanted_tests():
    return sorted({name.split('::')[0] for rows in CASES.values() for _, names in rows for name in names})


def run_tests(build, tests, junit):
    pattern = '^(' + '|'.join(tests) + ')$'
    command = ['ctest', '--test-dir', build, '-R', pattern, '--parallel', str(os.cpu_count() + 2), '--output-junit', junit,
               '--test-output-size-passed', '4000000', '--test-output-size-failed', '4000000']
    environment = dict(os.environ, OMP_WAIT_POLICY='passive')
    subprocess.run(command, env=environment, check=False)


class Result:
    """One ctest entry: its state, and that of each of its Qt functions."""

    def __init__(self, case):
        self.state = {'run': 'passed', 'notrun': 'skipped'}.get(case.get('status'), 'failed')
        self.seconds = float(case.get('time', 0))
        self.output = case.findtext('system-out') or ''
        self.functions = []  # (state, "function(row)", reason)
        for match in re.finditer(r'^(PASS  |FAIL! |SKIP  |XFAIL ) : \w+::(.*)$', self.output, re.M):
            state = {'PASS': 'passed', 'FAIL!': 'failed', 'SKIP': 'skipped', 'XFAIL': 'passed'}[match[1].strip()]
            name = match[2]
            end = name.find(') ')
            self.functions.append((state, name if end < 0 else name[:end + 1], '' if end < 0 else name[end + 2:]))

    def of(self, function):
        """(state, how many, reason) of the functions that begin so; all when there is none."""
        if not function:
            return self.state, len(self.functions) or 1, ''
        hits = [row for row in self.functions if row[1].startswith(function)]
        if not hits:
            return ('skipped', 0, 'the test did not run') if self.state == 'skipped' else ('failed', 0, 'did not report')
        for state in ('failed', 'skipped'):
            of_state = [row for row in hits if row[0] == state]
            if of_state:
                return state, len(hits), of_state[0][2]
        return 'passed', len(hits), ''


def figures(results):
    lines = []
    for name in ('faults_kill_test', 'faults_kill_two_ranks_test'):
        for match in re.finditer(r'(\d+) points in (\d+) different saves; calls: (.*)', results[name].output if name in results else ''):
            who = 'one rank' if name == 'faults_kill_test' else 'two ranks'
            lines.append(f'Killed at {match[1]} calls of {match[2]} saves ({who}): {match[3]}. Every checkpoint there was whole each time'
                         + (', and the end was that of a run never killed, bit for bit.' if results[name].state == 'passed' else '.'))
    flips = [re.search(r'"committed_flips":(\d+),"committed_refused":(\d+),"cuts":(\d+).*?"flips":(\d+),"found":(\d+)', line)
             for line in (results['faults_checkpoint_test'].output if 'faults_checkpoint_test' in results else '').splitlines()]
    flips = [match for match in flips if match]
    if flips:
        total = [sum(int(match[i]) for match in flips) for i in range(1, 6)]
        lines.append(f'Flipped bits of a saved checkpoint: {total[4]:,} of {total[3]:,} found and the file named; of {total[0]:,} in manifests that '
                     f'were committed afterwards {total[1]:,} refused (the others change a number or a name to another good one); '
                     f'{total[2]:,} cut headers refused.')
    inputs = []
    for name, result in sorted(results.items()):
        match = re.search(r'stat::number_of_executed_units: (\d+)', result.output)
        if name.startswith('fuzz_') and match:
            inputs.append(f'{name[5:]} {int(match[1]):,}')
    if inputs:
        lines.append('Inputs of the fuzzers in this run: ' + ', '.join(inputs) + '. `ctest -L long -R fuzz_long` runs 5 million each.')
    return lines


def machine():
    model = re.search(r'model name\s*: (.*)', open('/proc/cpuinfo').read())
    memory = int(re.search(r'MemTotal:\s*(\d+)', open('/proc/meminfo').read())[1]) // (1 << 20)
    return f'{os.cpu_count()} cores ({model[1] if model else platform.machine()}), {memory} GiB, Linux {platform.release()}'


def write(results, known, path):
    counts = {'passed': 0, 'failed': 0, 'skipped': 0, 'no test': 0}
    body = []
    for group, rows in CASES.items():
        body += [f'## {group}', '', '| case | test | result |', '|---|---|---|']
        for case, names in rows:
            names = [name for name in names if not name.startswith('fuzz_control') or name in known]
            parts = [results[name.split('::')[0]].of(name.partition('::')[2]) if name.split('::')[0] in results else
                     ('skipped', 0, 'not built here' if name.split('::')[0] not in known else 'not run') for name in names]
            states = [part[0] for part in parts]
            state = 'no test' if not parts else next((s for s in ('failed', 'skipped') if s in states), 'passed')
            counts[state] += 1
            reason = next((part[2] for part in parts if part[2]), '')
            shown = state + (f': {reason}' if reason else '')
            if state == 'passed' and sum(part[1] for part in parts) > len(parts):
                shown += f' ({sum(part[1] for part in parts)} rows)'
            tests = '<br>'.join('`' + name + ('`' if '(' not in name or name.endswith(')') else ' ...)`') for name in names)
            body.append(f'| {case} | {tests} | {shown} |')
        body.append('')
    functions = [row for result in results.values() for row in result.functions]
    tally = {state: sum(1 for row in functions if row[0] == state) for state in ('passed', 'failed', 'skipped')}
    head = [
        '# Reliability', '',
        'Written by `python3 docs/make_reliability.py`, which runs the tests of the fault list through the real programs. '
        'What is promised: README and `switchyard --help` (exit codes).', '',
        f'- Date: {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC. Machine: {machine()}.',
        f'- Cases: {sum(counts.values())}, of them {counts["passed"]} passed, {counts["failed"]} failed, {counts["skipped"]} skipped, '
        f'{counts["no test"]} without a test.',
        f'- Test functions run: {len(functions)}, of them {tally["passed"]} passed, {tally["failed"]} failed, {tally["skipped"]} skipped; '
        f'{len(results)} programs, {sum(result.seconds for result in results.values()):.0f} s one after the other.',
    ]
    head += ['- ' + line for line in figures(results)]
    with open(path, 'w') as out:
        out.write('\n'.join(head + [''] + body).rstrip() + '\n')
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default=os.environ.get('SWITCHYARD_BUILD', os.path.join(ROOT, 'build')))
    parser.add_argument('--junit', nargs='+')
    options = parser.parse_args()
    known = known_tests(options.build)
    files = options.junit or [os.path.join(os.path.abspath(options.build), 'reliability.xml')]
    if not options.junit:
        run_tests(options.build, [name for name in wanted_tests() if name in known] + ['fuzz_build'], files[0])
    results = {case.get('name'): Result(case) for file in files for case in xml.parse(file).iter('testcase')}
    path = os.path.join(ROOT, 'docs', 'reliability.md')
    counts = write(results, known, path)
    print(f'{path}: ' + ', '.join(f'{number} {state}' for state, number in counts.items()))
    return 1 if counts['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
