// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/rank_section.h"

#include <QBuffer>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "core/base/plan/hardware.h"
#include "ui/models/load_table.h"
#include "ui/panels/configure/rank_chart.h"
#include "ui/services/background_save.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/table_dialog.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12, kPngScale = 2;

struct Table {
    QStringList heads;
    std::vector<QStringList> rows;
};

Table tableOf(const RankScale& scale) {
    Table table{{RankSection::tr("Ranks"), RankSection::tr("Peak of a rank, bytes"), RankSection::tr("Limit, bytes"),
                 RankSection::tr("Fits")},
                {}};
    if (scale.timed()) table.heads << RankSection::tr("Time of a step, s");
    for (const RankScale::Point& point : scale.points) {
        QStringList cells = {QString::number(point.ranks), QString::number(point.peak_bytes, 'f', 0),
                             QString::number(point.limit_bytes, 'f', 0),
                             point.fits() ? RankSection::tr("yes") : RankSection::tr("no")};
        if (scale.timed()) cells << QString::number(point.step_s, 'g', 6);
        table.rows.push_back(cells);
    }
    return table;
}

}  // namespace

RankSection::RankSection(PlanWatch& watch, QWidget* parent) : QWidget(parent), watch_(watch) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 0);
    column->setSpacing(4);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(kMargin, 0, kMargin, 0);
    auto* title = new QLabel(tr("By number of ranks"));
    title->setProperty("role", QStringLiteral("title"));
    hardware_ = new QComboBox;
    hardware_->setFixedHeight(metric::kControlSmall);
    hardware_->setAccessibleName(tr("Machine"));
    hardware_->setToolTip(tr("Whose memory is the limit, and whose figures give the time of a step"));
    hardware_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    hardware_->setMinimumContentsLength(14);
    hardware_->addItem(tr("This machine"), QString());
    for (const std::string& name : plan::hardwareNames()) {
        const QString id = QString::fromStdString(name);
        hardware_->addItem(id, id);
    }
    hardware_->addItem(tr("A profile ..."));
    menu_ = new ChartMenu(tr("Memory and time by number of ranks"), {ChartExport::kPng, ChartExport::kCsv});
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(menu_);
    column->addLayout(head);
    auto* machine = new QHBoxLayout;
    machine->setContentsMargins(kMargin, 0, kMargin, 0);
    machine->addWidget(hardware_);
    machine->addStretch(1);
    column->addLayout(machine);
    chart_ = new RankChart;
    chart_->setObjectName(QStringLiteral("rankChart"));
    column->addWidget(chart_);
    note_ = new QLabel;
    note_->setProperty("role", QStringLiteral("caption"));
    note_->setTextFormat(Qt::PlainText);
    note_->setWordWrap(true);
    note_->setContentsMargins(kMargin, 0, kMargin, 0);
    column->addWidget(note_);
    connect(&watch_, &PlanWatch::planned, this, &RankSection::refresh);
    connect(hardware_, &QComboBox::activated, this, &RankSection::chooseHardware);
    connect(menu_, &ChartMenu::tableAsked, this, &RankSection::openTable);
    connect(menu_, &ChartMenu::exportAsked, this, [this](ChartExport kind) {
        const QString path = askSavePath(this, QStringLiteral("ranks"), kind);
        if (!path.isEmpty()) write(kind, path);
    });
    refresh();
}

void RankSection::refresh() {
    const RankScale& scale = watch_.scale();
    chart_->setScale(scale);
    QStringList notes;
    if (!watch_.hardwareProblem().isEmpty()) notes << watch_.hardwareProblem();
    if (!scale.points.empty() && scale.points.back().ranks > scale.samples)
        notes
            << tr("Beyond %1 ranks each has one sample: more than the batch of train.global_batch.").arg(scale.samples);
    if (scale.timed()) notes << tr("Times are an estimate from the figures of %1.").arg(scale.hardware);
    note_->setText(notes.join(u'\n'));
    note_->setVisible(!notes.isEmpty());
}

void RankSection::chooseHardware(int index) {
    if (index + 1 < hardware_->count())
        watch_.setHardware(hardware_->itemData(index).toString());
    else
        askProfile();
}

/// A file that `switchyard doctor --profile` wrote.
void RankSection::askProfile() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Hardware profile"), {}, tr("Profiles (*.yaml *.yml)"));
    int index = hardware_->findData(file.isEmpty() ? watch_.hardware() : file);
    if (index < 0) {
        index = hardware_->count() - 1;
        hardware_->insertItem(index, QFileInfo(file).completeBaseName(), file);
    }
    hardware_->setCurrentIndex(index);
    if (!file.isEmpty()) watch_.setHardware(file);
}

void RankSection::openTable() {
    const Table table = tableOf(chart_->scale());
    if (table.rows.empty()) return;
    auto* dialog =
        new TableDialog(tr("Memory and time by number of ranks"), new TextTableModel(table.heads, table.rows), this);
    connect(dialog, &TableDialog::csvAsked, this, [this] {
        const QString path = askSavePath(this, QStringLiteral("ranks"), ChartExport::kCsv);
        if (!path.isEmpty()) write(ChartExport::kCsv, path);
    });
    dialog->show();
}

void RankSection::write(ChartExport kind, const QString& path) {
    std::function<void(QIODevice&)> writer;
    if (kind == ChartExport::kCsv) {
        writer = [table = tableOf(chart_->scale())](QIODevice& out) { writeTableCsv(out, table.heads, table.rows); };
    } else {
        QImage image(chart_->size() * kPngScale, QImage::Format_RGB32);
        image.setDevicePixelRatio(kPngScale);
        image.fill(Theme::instance().palette().panel);
        QPainter painter(&image);
        chart_->paint(painter);
        painter.end();
        writer = [image](QIODevice& out) { image.save(&out, "PNG"); };
    }
    saveInBackground(this, path, writer, [this](const QString& problem) {
        if (problem.isEmpty()) return;
        note_->setText(problem);
        note_->show();
    });
}

}  // namespace switchyard::ui
