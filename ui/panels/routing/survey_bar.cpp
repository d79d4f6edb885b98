// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/survey_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/services/survey_run.h"
#include "ui/widgets/progress_bar_thin.h"

namespace switchyard::ui {

SurveyBar::SurveyBar(SurveyRun& run, QWidget* parent) : QWidget(parent), run_(run) {
    samples_ = new QComboBox;
    samples_->setAccessibleName(tr("Samples to look through"));
    for (const int count : {100, 500, 2000}) samples_->addItem(tr("%1 samples").arg(number(count, 0)), count);
    samples_->setCurrentIndex(1);
    button_ = new QPushButton;
    button_->setProperty("small", true);
    bar_ = new ProgressBarThin;
    words_ = new QLabel;
    words_->setProperty("role", "caption");
    words_->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(button_);
    row->addWidget(samples_);
    row->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(row);
    column->addWidget(bar_);
    column->addWidget(words_);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (run_.running())
            run_.stop();
        else
            run_.start(samples_->currentData().toInt());
    });
    connect(samples_, &QComboBox::currentIndexChanged, this, &SurveyBar::refresh);
    connect(&run_, &SurveyRun::changed, this, &SurveyBar::refresh);
    refresh();
}

void SurveyBar::refresh() {
    const int done = run_.done(), asked = samples_->currentData().toInt();
    const bool running = run_.running();
    const bool whole = done > 0 && (done >= asked || (run_.all() > 0 && done >= run_.all()));
    button_->setText(running ? tr("Cancel") : done > 0 ? tr("Look through more") : tr("Look through the data"));
    button_->setEnabled(running || (!run_.model().isEmpty() && !whole));
    button_->setToolTip(run_.model().isEmpty() ? tr("Needs a checkpoint")
                        : whole && !running    ? tr("As many were looked through. Choose more at the right.")
                                               : tr("Every expert of every layer is counted at once"));
    samples_->setEnabled(!running);
    bar_->setVisible(running);
    bar_->setValue(run_.wanted() > 0 ? static_cast<double>(done) / run_.wanted() : 0);
    QString words;
    if (running) {
        words = done == 0 ? tr("Reading the evaluation data")
                          : tr("%1 of %2 samples").arg(number(done, 0), number(run_.wanted(), 0));
        const double left = run_.secondsLeft();
        if (!std::isnan(left)) words += tr(", %1 left").arg(duration(left));
    } else if (!run_.problem().isEmpty()) {
        words = run_.problem();
    } else if (done > 0) {
        words = tr("%1 of %2 samples, %3")
                    .arg(number(done, 0), number(static_cast<double>(run_.all()), 0), run_.dataName());
    } else {
        words = tr("Counts what each expert takes over many samples of the evaluation data.");
    }
    if (run_.passedOver() > 0) words += tr("; %1 could not be traced").arg(number(run_.passedOver(), 0));
    words_->setText(words);
}

}  // namespace switchyard::ui
