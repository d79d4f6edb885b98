#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains what docs/results.md tells of and writes the page.

  python3 docs/make_results.py --data DIR --runs DIR [--minilm DIR] [--only WORD ...] [--seeds 1 2 3] [--untimed]
                               [--gpu] [--at-once N] [--page-only]

--data: a folder with easy_vqa/, flickr8k/ and text/ (GLUE's tables: SST-2/train.tsv, ...). --runs: where runs are made;
one that has ended is kept, one that was cut off goes on. --minilm: a MiniLM-L6 that `switchyard ckpt import` wrote; without
it, what starts from it is left out. --only: trainings whose names contain one of the words; those of the table of what else
was tried (tried-NAME-TASK) are made only so.
Figures are kept in docs/results.json, so that trainings can be spread over days; one whose recipe changed is dropped there.
Needs a build. Minutes are those of the clock: run it on a machine that does nothing else, or with --untimed. --gpu: train on
the first NVIDIA GPU. --at-once: so many trainings side by side, one thread each and no minutes.
"""
import argparse
import concurrent.futures
import datetime
import hashlib
import json
import os
import statistics
import subprocess
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = os.path.join(ROOT, 'docs', 'results.json')
PAGE = os.path.join(ROOT, 'docs', 'results.md')
SWITCHYARD = os.path.join(ROOT, 'build', 'bin', 'switchyard')

WRITING = threading.Lock()

# Tables: folder, name, metric, epochs of fine-tuning, what a dense PyTorch run from MiniLM reached elsewhere.
TASKS = [
    ('SST-2', 'sst2', 'accuracy', 1, 0.883),
    ('MRPC', 'mrpc', 'f1', 3, 0.868),
    ('STS-B', 'stsb', 'pearson', 4, 0.870),
    ('QNLI', 'qnli', 'accuracy', 3, 0.813),
    ('SICK', 'sick', 'accuracy', 4, 0.871),
    ('RTE', 'rte', 'accuracy', 4, 0.612),
    ('CoLA', 'cola', 'mcc', 4, 0.317),
]
# Tasks whose figure still rises after those epochs, once more with so many (tables of MiniLM, dense and sparse alike).
LONGER = {'sick': 8, 'cola': 8}
# Blocks 2, 4 and 6: eight copies of the dense feed-forward, two of them a token.
SPARSE = ['model.text.moe_every=2', 'model.moe.experts=8', 'model.moe.losses.balance=0.001']
# What else was tried from MiniLM: label, keys, sparse or dense.
HALVES = ['model.text.moe_every=2', 'model.moe.experts=16', 'model.moe.hidden_dim=768', 'model.moe.upcycle.groups=2']
TRIED = {
    'halves': ('each copy cut into two experts of half its width, two of the sixteen a token, balance loss 0.01', HALVES),
    'halves-mild': ('the same, balance loss 0.0005', HALVES + ['model.moe.losses.balance=0.0005']),
    'one': ('one expert a token', SPARSE + ['model.moe.top_k=1']),
    'bias': ('balanced by bias 0.001, no balance loss', ['model.text.moe_every=2', 'model.moe.experts=8', 'model.moe.losses.balance=0', 'model.moe.bias_balance=0.001']),
    'dropout': ('expert dropout 0.1', SPARSE + ['model.moe.dropout=0.1']),
    'slow': ('experts at half the learning rate', SPARSE + ['optim.expert_lr=0.5']),
    'fast': ('experts at twice the learning rate', SPARSE + ['optim.expert_lr=2']),
    'reinit': ('half of each copy drawn anew', SPARSE + ['model.moe.upcycle.reinit=0.5']),
    'blocks': ('experts in blocks 3 and 6 only', ['model.text.moe_every=3'] + SPARSE[1:]),
    'lr': ('learning rate 1.5e-4', SPARSE + ['optim.lr=1.5e-4']),
    'lr2': ('learning rate 2e-4', SPARSE + ['optim.lr=2e-4']),
    'dense-lr': ('dense, learning rate 1.5e-4', ['optim.lr=1.5e-4']),
    'dense-lr2': ('dense, learning rate 2e-4', ['optim.lr=2e-4']),
}


def table(folder, name):
    return [f'task.names=[{name}]', f'data.train=[{folder}/train.tsv]', f'data.eval=[{folder}/dev.tsv]']


def recipes():
    """(name, section, label, config, data folder, keys, metric or one a task, asked for or None)"""
    rows = [
        ('scratch-sst2', 'scratch', 'SST-2, accuracy', 'text.yaml', 'text', [], 'eval/sst2/accuracy', 0.80),
        ('scratch-sick', 'scratch', 'SICK, accuracy (3 classes)', 'text.yaml', 'text', table('SICK', 'sick') + SICK, 'eval/sick/accuracy', 0.70),
        ('scratch-vqa', 'scratch', 'easy-VQA, accuracy', 'vqa.yaml', 'easy_vqa', [], 'eval/vqa/accuracy', 0.92),
        ('scratch-flickr8k', 'scratch', 'Flickr8k, text to image R@10', 'flickr8k.yaml', 'flickr8k', [], 'eval/retrieval/text_to_image_r10', 0.16),
    ]
    rows.append(('minilm-flickr8k', 'pretrained', "Flickr8k, captions read by MiniLM with adapters, text to image R@10", 'flickr8k-minilm.yaml', 'flickr8k',
                 ['model.text.init_from=MINILM'], 'eval/retrieval/text_to_image_r10', 0.22))
    for folder, name, metric, epochs, asked in TASKS:
        keys = table(folder, name) + [f'train.epochs={epochs}', 'model.text.init_from=MINILM']
        rows.append((f'dense-{name}', 'dense', f'{folder}, {metric}', 'glue.yaml', 'text', keys, f'eval/{name}/{metric}', asked - 0.005))
        rows.append((f'sparse-{name}', 'sparse', f'{folder}, {metric}', 'glue.yaml', 'text', keys + SPARSE, f'eval/{name}/{metric}', None))
        if name in LONGER:
            longer = [f'train.epochs={LONGER[name]}' if key.startswith('train.epochs=') else key for key in keys]
            rows.append((f'dense-long-{name}', 'dense', f'{folder}, {metric}', 'glue.yaml', 'text', longer, f'eval/{name}/{metric}', asked - 0.005))
            rows.append((f'sparse-long-{name}', 'sparse', f'{folder}, {metric}', 'glue.yaml', 'text', longer + SPARSE, f'eval/{name}/{metric}', None))
        for tried, (_, more) in TRIED.items():
            rows.append((f'tried-{tried}-{name}', 'tried', f'{folder}, {metric}', 'glue.yaml', 'text', keys + more, f'eval/{name}/{metric}', None))
    everything = [f'task.names=[{", ".join(task[1] for task in TASKS)}]', f'data.train=[{", ".join(task[0] + "/train.tsv" for task in TASKS)}]',
                  f'data.eval=[{", ".join(task[0] + "/dev.tsv" for task in TASKS)}]', 'train.epochs=2', 'model.text.init_from=MINILM']
    tags = {name: f'eval/{name}/{metric}' for _, name, metric, _, _ in TASKS}
    rows.append(('together-dense', 'together', 'dense', 'glue.yaml', 'text', everything, tags, None))
    rows.append(('together-sparse', 'together', 'sparse', 'glue.yaml', 'text', everything + SPARSE, tags, None))
    return rows


# A tenth of the rows of SST-2: more epochs, less dropout.
SICK = ['train.epochs=20', 'model.text.dropout=0.2', 'task.head_dropout=0.2', 'model.text.vocab_size=8000', 'optim.weight_decay=0.1',
        'data.image.augment.token_drop=0.1', 'train.precision=fp32']


def identity(recipe):
    """What a figure belongs to: the configuration without its comments, and the keys set over it."""
    rows = [line for line in open(os.path.join(ROOT, 'configs', recipe[3])) if not line.startswith('#')]
    return [recipe[3], hashlib.sha256(''.join(rows).encode()).hexdigest()[:12]] + recipe[5]


def command(recipe, seed, data, minilm):
    line = ['train', '--config', f'configs/{recipe[3]}']
    for key in [f'data.root={os.path.join(data, recipe[4])}', f'run.seed={seed}'] + recipe[5]:
        line += ['--set', key.replace('MINILM', minilm)]
    return line


def measured(folder, metric):
    def rows(tag):
        told = subprocess.run([SWITCHYARD, 'runs', 'metrics', folder, '--tag', tag, '--json'], check=True, capture_output=True)
        return json.loads(told.stdout)
    speeds = rows('perf/samples_per_s')
    told = json.loads(subprocess.run([SWITCHYARD, 'runs', 'show', folder, '--json'], check=True, capture_output=True).stdout)
    ended = json.load(open(os.path.join(folder, 'result.json')))['ended_at']
    # One that went on after it was cut off has no time of its own.
    minutes = (ended - told['created_at']) / 60 if len(rows('perf/start_s')) == 1 else None
    values = {name: rows(tag)[-1]['value'] for name, tag in (metric if isinstance(metric, dict) else {'': metric}).items()}
    return {'minutes': minutes, 'value': statistics.mean(values.values()), 'values': values,
            'peak_bytes': max(row['value'] for row in rows('memory/peak_bytes')),
            'samples_per_s': statistics.median(row['value'] for row in speeds), 'steps': speeds[-1]['step']}


def machine(gpu):
    name = next((line.split(':', 1)[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name')), 'unknown processor')
    if gpu:
        asked = subprocess.run(['nvidia-smi', '--query-gpu=name', '--format=csv,noheader'], check=True, capture_output=True, text=True)
        name += f', {asked.stdout.splitlines()[0].strip()}'
    return f'{os.cpu_count()} cores, {name}'


def train(recipe, seed, arguments, kept):
    record = kept['trainings']
    key = f'{recipe[0]}/{seed}'
    wanted = identity(recipe)
    if record.get(key, {}).get('recipe') == wanted:
        return
    folder = os.path.join(arguments.runs, f'{recipe[0]}-seed{seed}')
    print(f'{datetime.datetime.now():%H:%M} {key}', flush=True)
    line = [SWITCHYARD] + command(recipe, seed, os.path.abspath(arguments.data), arguments.minilm or '')
    for key in ['parallel.device=cuda'] * arguments.gpu + ['parallel.threads=1'] * (arguments.at_once > 1):
        line += ['--set', key]

    def run(*more):
        done = subprocess.run(line + list(more), cwd=ROOT, capture_output=True, text=True, env={**os.environ, 'OMP_WAIT_POLICY': 'passive'})
        if done.returncode != 0:
            raise SystemExit(f'{key} failed with {done.returncode}: {done.stderr[-2000:]}')
        return done.stdout
    resolved, result = os.path.join(folder, 'config.resolved.yaml'), os.path.join(folder, 'result.json')
    if os.path.exists(resolved) and open(resolved).read() != json.loads(run('--dry-run', '--json'))['config']:
        raise SystemExit(f'{folder} holds a run of another configuration: move it away')
    if not os.path.exists(result) or json.load(open(result))['state'] != 'finished':
        run('--run-dir', folder, '--resume', 'auto')
    entry = {'recipe': wanted, **measured(folder, recipe[6]), **({'minutes': None} if arguments.untimed or arguments.at_once > 1 else {}),
             'machine': machine(arguments.gpu), 'date': datetime.date.today().isoformat()}
    minutes = entry['minutes']
    print(f'      {key}: {entry["value"]:.4f}' + (f' after {minutes:.1f} min' if minutes else ''), flush=True)
    with WRITING:
        record[key] = entry
        save(kept)
        write_page(kept, recipes())


def save(kept):
    with open(RECORD, 'w') as file:
        json.dump(kept, file, indent=1, sort_keys=True)
        file.write('\n')


def entries(record, name):
    return [(key.split('/')[1], entry) for key, entry in sorted(record.items()) if key.split('/')[0] == name]


def figure(values):
    if len(values) == 1:
        return f'{values[0]:.3f}'
    return f'{statistics.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})'


def reached(record, all_recipes, section):
    lines = ['| what | reached | asked | seeds | minutes each | peak memory |', '|---|---|---|---|---|---|']
    for recipe in all_recipes:
        found = entries(record, recipe[0])
        if recipe[1] != section or not found:
            continue
        minutes = [entry['minutes'] for _, entry in found if entry['minutes']]
        lines.append(f'| {recipe[2]} | {figure([e["value"] for _, e in found])} | {recipe[7]:.2f} | {len(found)} | '
                     f'{f"{max(minutes):.0f} at most" if minutes else "not timed"} | {max(e["peak_bytes"] for _, e in found) / 2**20:.0f} MiB |')
    return lines


def tried_table(record):
    """Every trial beside the sparse and the dense mean of the tasks and seeds that it was run on."""
    rows = []
    for name, (label, _) in TRIED.items():
        cells, against = [], {'dense': [], 'sparse': []}
        for task in TASKS:
            found = entries(record, f'tried-{name}-{task[1]}')
            cells.append(f'{statistics.mean(e["value"] for _, e in found):.3f} ({", ".join(seed for seed, _ in found)})' if found else '–')
            for base in against:
                same = {seed: e['value'] for seed, e in entries(record, f'{base}-{task[1]}')}
                both = [e['value'] - same[seed] for seed, e in found if seed in same]
                against[base] += [statistics.mean(both)] if both else []
        if any(cell != '–' for cell in cells):
            mean = lambda base: f'{statistics.mean(against[base]):+.4f}' if against[base] else '–'
            rows.append(f'| {label} | ' + ' | '.join(cells) + f' | {mean("dense")} | {mean("sparse")} |')
    if not rows:
        return []
    return ['', 'What else was tried: one change each from the sparse twin above (or from dense, where it says so). Behind each figure stand its', 'seeds; the last columns '
            'are means over its tasks, seed by seed.', '', '| change | ' + ' | '.join(task[0] for task in TASKS) + ' | less dense | less sparse |',
            '|---|' + '---|' * (len(TASKS) + 2)] + rows


def write_page(kept, all_recipes):
    record, comparisons = kept['trainings'], kept['comparisons']
    lines = ['# Results', '', 'Written by `python3 docs/make_results.py` from docs/results.json. Every figure is of the development set after the last',
             'step; with several seeds it is their mean, and the spread stands beside it.', '']
    days = sorted({entry['date'] for entry in record.values()})
    machines = {}
    for key, entry in sorted(record.items()):
        name = 'tried' if key.startswith('tried-') else key.split('/')[0]
        machines.setdefault(entry['machine'], {}).setdefault(name, []).append(key.split('/')[1])
    if len(machines) == 1:
        lines += [f'Machine: {next(iter(machines))}.']
    for name, ran in sorted(machines.items()) if len(machines) > 1 else []:
        lines += [f'- {name}: ' + ', '.join(f'{training} ({", ".join(seeds) if training != "tried" else len(seeds)})' for training, seeds in ran.items())]
    if len(machines) > 1:
        lines.insert(-len(machines), 'Machines, and the trainings and seeds of each (of those tried beside them, how many):')
        lines.insert(-len(machines), '')
    if days:
        lines += ['', f'Dates: {days[0]} to {days[-1]}.', '']
    lines += ['## From scratch', ''] + reached(record, all_recipes, 'scratch')
    tasks = [entries(record, recipe[0]) for recipe in all_recipes if recipe[1] in ('dense', 'sparse')]
    if any(tasks):
        lines += ['', '## From MiniLM', '', 'Dense, and sparse: in blocks 2, 4 and 6 the dense feed-forward copied eight times, two of the copies a token (balance loss',
                  '0.001). Asked of dense: the mean that PyTorch and transformers reached, less 0.005.', '', '| task | epochs | dense | asked | sparse | sparse less dense | seeds | minutes dense, sparse |', '|---|---|---|---|---|---|---|---|']
    differences = {}
    shown = [(folder, name, metric, name, epochs) for folder, name, metric, epochs, _ in TASKS]
    shown += [(folder, name, metric, f'long-{name}', LONGER[name]) for folder, name, metric, _, _ in TASKS if name in LONGER]
    for folder, task, metric, name, epochs in shown:
        dense, sparse = entries(record, f'dense-{name}'), entries(record, f'sparse-{name}')
        if not dense and not sparse:
            continue
        asked = next(recipe[7] for recipe in all_recipes if recipe[0] == f'dense-{name}')
        show = lambda found: figure([e['value'] for _, e in found]) if found else 'not yet'
        minutes = lambda found: '–' if not [e for _, e in found if e['minutes']] else f'{max(e["minutes"] for _, e in found if e["minutes"]):.0f}'
        gap = '–'
        if dense and sparse:
            differences[task] = statistics.mean(e['value'] for _, e in sparse) - statistics.mean(e['value'] for _, e in dense)
            gap = f'{differences[task]:+.3f}'
        lines.append(f'| {folder}, {metric} | {epochs} | {show(dense)} | {asked:.3f} | {show(sparse)} | {gap} | {len(dense)}, {len(sparse)} | {minutes(dense)}, {minutes(sparse)} |')
    if differences:
        lines += ['', f'Mean over these tasks, sparse less dense, the longer training where there are two: {statistics.mean(differences.values()):+.4f}.']
    if kept.get('peers'):
        lines += ['', 'The same recipe in PyTorch and transformers, to the end, one seed after the other:', '']
        lines += [f'- {row["what"]}: {", ".join(f"{value:.3f}" for value in row["values"])} (`{row["command"]}`; {row["machine"]}, {row["date"]})'
                  for row in kept['peers']]
    lines += tried_table(record)
    together = [(recipe[2], entries(record, recipe[0])) for recipe in all_recipes if recipe[1] == 'together' and entries(record, recipe[0])]
    if together:
        lines += ['', 'The seven tasks trained at once, rows of all mixed, two epochs:', '', '| task | ' + ' | '.join(label for label, _ in together) + ' |',
                  '|---|' + '---|' * len(together)]
        for folder, name, metric, _, _ in TASKS:
            lines.append(f'| {folder}, {metric} | ' + ' | '.join(figure([entry['values'][name] for _, entry in found]) for _, found in together) + ' |')
        lines.append('| mean | ' + ' | '.join(figure([entry['value'] for _, entry in found]) for _, found in together) + ' |')
    if any(entries(record, recipe[0]) for recipe in all_recipes if recipe[1] == 'pretrained'):
        lines += ['', '## Pictures beside a pretrained text encoder', ''] + reached(record, all_recipes, 'pretrained')
    if comparisons:
        lines += ['', '## Sparse against dense', '', 'From `switchyard compare` (its command stands under each table).']
    for name, report in sorted(comparisons.items()):
        lines += ['', f'### {name}: {report["metric"]} under {report["budget"]}', '',
                  '| model | quality | spread | parameters | active | training FLOPs | minutes | ms a step |', '|---|---|---|---|---|---|---|---|']
        first = report['candidates'][0]
        for row in report['candidates']:
            quality, cost = row['quality'], row['cost']
            lines.append(f'| {row["name"]} ({row["about"]}) | {quality["mean"]:.4f} | {quality["least"]:.4f} to {quality["most"]:.4f} | {row["parameters"]["total"]:,} | '
                         f'{row["parameters"]["active_per_token"]:,} | {cost["flops"]:.2e} ({cost["flops"] / first["cost"]["flops"]:.1f}x) | {cost["minutes"]:.1f} | '
                         f'{cost["step_ms"]:.0f} ({cost["step_ms"] / first["cost"]["step_ms"]:.1f}x) |')
        lines.append('')
        for row in report['candidates'][1:]:
            at = next(reach for reach in row['reaches'] if reach['other'] == first['name'])['at']
            lines.append(f'- {row["name"]} is as good as {first["name"]} ' +
                         (f'after {at["step"]:.0f} steps: {at["flops"] / first["cost"]["flops"]:.1f} times its FLOPs, {at["minutes"] / first["cost"]["minutes"]:.1f} times its minutes.'
                          if at else 'nowhere in its training.'))
        lines += ['', f'`{report["command"]}` ({report["machine"]}, {report["date"]})']
    lines += ['', '## Commands', '']
    for recipe in all_recipes:
        if recipe[1] != 'tried' and entries(record, recipe[0]):
            words = [f"'{word}'" if ' ' in word else word for word in command(recipe, 1, 'DATA', 'MINILM')]
            lines.append(f'- {recipe[0]}: `switchyard {" ".join(words)}`')
    with open(PAGE, 'w') as file:
        file.write('\n'.join(lines) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data')
    parser.add_argument('--runs')
    parser.add_argument('--minilm')
    parser.add_argument('--only', nargs='*', default=[''])
    parser.add_argument('--seeds', nargs='*', type=int, default=[1, 2, 3])
    parser.add_argument('--compared', nargs='*', default=[], help='folders of switchyard compare, to take into the record')
    parser.add_argument('--untimed', action='store_true', help='the machine works on other things as well: keep no minutes')
    parser.add_argument('--gpu', action='store_true', help='train on the first NVIDIA GPU')
    parser.add_argument('--at-once', type=int, default=1, help='so many trainings side by side')
    parser.add_argument('--page-only', action='store_true')
    arguments = parser.parse_args()
    if not arguments.page_only and not (arguments.data and arguments.runs):
        parser.error('--data and --runs are needed to train')
    kept = json.load(open(RECORD)) if os.path.exists(RECORD) else {'trainings': {}, 'comparisons': {}}
    known = {recipe[0]: recipe for recipe in recipes()}
    for key in list(kept['trainings']):
        recipe = known.get(key.split('/')[0])
        if recipe is None or kept['trainings'][key]['recipe'] != identity(recipe):
            print(f'{key}: its recipe changed, dropped')
            del kept['trainings'][key]
    for folder in arguments.compared:
        report = json.load(open(os.path.join(folder, 'report.json')))
        for candidate in report['candidates']:
            del candidate['runs'], candidate['mean_curve']
        kept['comparisons'][os.path.basename(os.path.normpath(folder))] = report
    save(kept)
    def asked_for(recipe):
        if recipe[1] == 'tried':
            return arguments.minilm and any(word and word in recipe[0] for word in arguments.only)
        return (recipe[1] == 'scratch' or arguments.minilm) and any(recipe[0].startswith(word) or f'-{word}' in recipe[0] for word in arguments.only)
    if not arguments.page_only:
        with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
            ended = [pool.submit(train, recipe, seed, arguments, kept) for seed in arguments.seeds for recipe in known.values() if asked_for(recipe)]
            for one in ended:
                one.result()
    write_page(kept, known.values())


if __name__ == '__main__':
    main()
