// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints/prune_dialog.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QTableWidget>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/models/run_words.h"
#include "ui/services/command_job.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kUsualShare = 0.75;
constexpr int kMostRows = 6;

QList<OutputDialog::Choice> methods() {
    return {{PruneDialog::tr("Router-weighted output"), QStringLiteral("reap"),
             PruneDialog::tr("Experts go whose outputs, weighed by the router, are the smallest on average (REAP).")},
            {PruneDialog::tr("Usage"), QStringLiteral("usage"),
             PruneDialog::tr("Experts go that the fewest tokens are sent to.")},
            {PruneDialog::tr("Usage, and merge"), QStringLiteral("merge"),
             PruneDialog::tr("The same, and each one that goes is averaged into the most similar one that stays.")}};
}

QString changeWords(const PrunedMetric& metric) {
    const double change = metric.after - metric.before;
    const QString size = QString::number(std::abs(change), 'f', 3);
    return size == QStringLiteral("0.000") ? size
                                           : (change < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) + size;
}

void say(QLabel& label, const char* role, const QString& words) {
    label.setProperty("role", role);
    label.style()->unpolish(&label);
    label.style()->polish(&label);
    label.setText(words);
    label.show();
}

/// "text_to_image_r10" by its words, then by its number.
bool comesBefore(const PrunedMetric& a, const PrunedMetric& b) {
    const auto parts = [](const QString& name) {
        qsizetype digits = name.size();
        while (digits > 0 && name[digits - 1].isDigit()) --digits;
        return std::pair(name.left(digits), name.mid(digits).toInt());
    };
    return parts(a.name) < parts(b.name);
}

}  // namespace

QList<PrunedMetric> prunedMetrics(const QJsonDocument& report) {
    const QJsonObject quality = report.object().value(QStringLiteral("quality")).toObject();
    const QJsonObject before = quality.value(QStringLiteral("before")).toObject(),
                      after = quality.value(QStringLiteral("after")).toObject();
    QList<PrunedMetric> metrics;
    for (auto it = before.begin(); it != before.end() && metrics.size() < kMostRows; ++it) {
        if (it.key().endsWith(QStringLiteral("median_rank"))) continue;
        metrics << PrunedMetric{it.key(), it.value().toDouble(), after.value(it.key()).toDouble()};
    }
    std::sort(metrics.begin(), metrics.end(), comesBefore);
    return metrics;
}

PruneDialog::PruneDialog(const io::ListedCheckpoint& checkpoint, const CheckpointsRead& read, QWidget* parent)
    : OutputDialog(tr("Prune %1").arg(checkpointName(checkpoint)), tr("Prune"), methods(), 1, parent),
      folder_of_(QString::fromStdString(checkpoint.folder.string())),
      read_(read) {
    addRows();
    const QString base = QFileInfo(read_.run_dir + QStringLiteral("/pruned-") + QString::fromStdString(checkpoint.name))
                             .absoluteFilePath();
    setFolderFor([this, base](const QString&) { return QStringLiteral("%1-to-%2").arg(base).arg(keep_->value()); });
    connect(keep_, &QSpinBox::valueChanged, this, [this] {
        follow();
        changed();
    });
    connect(choiceBox(), &QComboBox::currentIndexChanged, this, &PruneDialog::changed);
    connect(budget_, &QComboBox::currentIndexChanged, this, &PruneDialog::count);
    connect(data_, &QComboBox::currentIndexChanged, this, &PruneDialog::changed);
    connect(preview_, &QPushButton::clicked, this, [this] { job_ == nullptr ? startPreview() : endPreview(); });
    changed();
}

void PruneDialog::addRows() {
    if (auto* label = qobject_cast<QLabel*>(form()->labelForField(choiceBox()))) label->setText(tr("Chosen by"));
    choiceBox()->setAccessibleName(tr("Chosen by"));
    keep_ = new QSpinBox;
    keep_->setAccessibleName(tr("Experts that stay"));
    budget_ = new QComboBox;
    budget_->addItems({tr("in each layer"), tr("in all layers together")});
    budget_->setItemData(1, tr("Layers that need fewer lose more"), Qt::ToolTipRole);
    budget_->setAccessibleName(tr("Counted"));
    budget_->setVisible(read_.all_experts > read_.experts);
    auto* kept = new QHBoxLayout;
    kept->setSpacing(8);
    kept->addWidget(keep_);
    kept->addWidget(budget_, 1);
    form()->insertRow(0, tr("Experts kept"), kept);
    count();
    data_ = new QComboBox;
    for (const CheckpointsRead::Evaluation& of : read_.trainings)
        data_->addItem(tr("%1 (%2)").arg(QFileInfo(of.file).fileName(), of.task));
    data_->setAccessibleName(tr("File that the experts are measured on"));
    data_->setToolTip(tr("The experts are measured on up to 1,000 samples of this file"));
    form()->insertRow(3, tr("Measured on"), data_);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    preview_ = new QPushButton;
    compared_ = new QLabel;
    compared_->setProperty("role", "muted");
    compared_->setProperty("small", true);
    line->addWidget(preview_);
    line->addWidget(compared_, 1);
    form()->insertRow(4, tr("Loss"), line);
    words_ = new QLabel;
    words_->setProperty("small", true);
    words_->setWordWrap(true);
    form()->insertRow(5, QString(), words_);
    loss_ = new QTableWidget(0, 4);
    loss_->setHorizontalHeaderLabels({tr("Metric"), tr("Before"), tr("After"), tr("Change")});
    loss_->setAccessibleName(tr("Quality before and after"));
    loss_->verticalHeader()->hide();
    loss_->verticalHeader()->setDefaultSectionSize(metric::kTableRow);
    loss_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    loss_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    loss_->horizontalHeader()->setHighlightSections(false);
    loss_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    loss_->setSelectionMode(QAbstractItemView::NoSelection);
    loss_->setFocusPolicy(Qt::NoFocus);
    loss_->setShowGrid(false);
    form()->insertRow(6, QString(), loss_);
}

int PruneDialog::keep() const {
    return keep_->value();
}

bool PruneDialog::overAllLayers() const {
    return budget_->currentIndex() == 1;
}

void PruneDialog::count() {
    const int experts = static_cast<int>(overAllLayers() ? read_.all_experts : read_.experts);
    keep_->setSuffix(tr(" of %1").arg(experts));
    keep_->setRange(1, experts - 1);
    keep_->setValue(qRound(kUsualShare * experts));
}

const CheckpointsRead::Evaluation& PruneDialog::comparedOn() const {
    const CheckpointsRead::Evaluation& measured = read_.trainings[data_->currentIndex()];
    for (const CheckpointsRead::Evaluation& of : read_.evaluations) {
        if (of.task == measured.task) return of;
    }
    return measured;
}

QStringList PruneDialog::arguments() const {
    const CheckpointsRead::Evaluation &measured = read_.trainings[data_->currentIndex()], &compared = comparedOn();
    QStringList arguments = {QStringLiteral("ckpt"),
                             QStringLiteral("prune"),
                             folder_of_,
                             QStringLiteral("--keep"),
                             QString::number(keep()),
                             QStringLiteral("--budget"),
                             overAllLayers() ? QStringLiteral("all") : QStringLiteral("layer"),
                             QStringLiteral("--by"),
                             word(),
                             QStringLiteral("--data"),
                             measured.file,
                             QStringLiteral("--eval"),
                             compared.file,
                             QStringLiteral("--task"),
                             measured.task};
    if (measured.task == QStringLiteral("vqa") || measured.task == QStringLiteral("retrieval"))
        arguments << QStringLiteral("--root") << measured.root;
    return arguments;
}

/// What was shown was of other choices.
void PruneDialog::changed() {
    endPreview();
    words_->hide();
    loss_->hide();
    compared_->setText(tr("on %1, before and after; nothing is written").arg(QFileInfo(comparedOn().file).fileName()));
}

void PruneDialog::startPreview() {
    job_ = new CommandJob(arguments() << QStringLiteral("--dry-run"), this);
    connect(job_, &CommandJob::finished, this, [this](const QJsonDocument& answer, int) {
        endPreview();
        showLoss(answer);
    });
    connect(job_, &CommandJob::failed, this, [this](const Failure& failure) {
        endPreview();
        say(*words_, "danger", failure.sentence());
        fit();
    });
    preview_->setText(tr("Cancel the preview"));
    say(*words_, "muted", tr("Measuring the experts, then the model with and without them..."));
    loss_->hide();
    job_->start();
}

void PruneDialog::fit() {
    layout()->activate();
    const int needed =
        layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width()) : layout()->totalSizeHint().height();
    resize(width(), std::max(height(), needed));
}

void PruneDialog::endPreview() {
    preview_->setText(tr("Preview the loss"));
    if (job_ == nullptr) return;
    CommandJob* job = std::exchange(job_, nullptr);
    job->disconnect(this);
    if (job->isRunning()) job->cancel();
    job->deleteLater();
    words_->hide();
}

void PruneDialog::showLoss(const QJsonDocument& answer) {
    const QList<PrunedMetric> metrics = prunedMetrics(answer);
    loss_->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    loss_->setRowCount(static_cast<int>(metrics.size()));
    for (int row = 0; row < metrics.size(); ++row) {
        const PrunedMetric& of = metrics[row];
        const QStringList cells = {metricWords(of.name), QString::number(of.before, 'f', 3),
                                   QString::number(of.after, 'f', 3), changeWords(of)};
        for (int column = 0; column < cells.size(); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            if (column > 0) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            loss_->setItem(row, column, item);
        }
    }
    loss_->setFixedHeight(loss_->horizontalHeader()->sizeHint().height() +
                          static_cast<int>(metrics.size()) * metric::kTableRow + 2 * loss_->frameWidth());
    loss_->show();
    const QJsonObject sizes = answer.object().value(QStringLiteral("weights_bytes")).toObject();
    const double before = sizes.value(QStringLiteral("before")).toDouble(),
                 after = sizes.value(QStringLiteral("after")).toDouble();
    say(*words_, "muted",
        tr("The weights are %1 % smaller. A short training makes up for some of the loss.")
            .arg(QString::number(100 * (1 - after / before), 'f', 1)));
    fit();
}

}  // namespace switchyard::ui
