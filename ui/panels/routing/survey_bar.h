// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the evaluation data was looked through, with the buttons that begin and end it.
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace switchyard::ui {

class ProgressBarThin;
class SurveyRun;

/// Thread: GUI thread.
class SurveyBar : public QWidget {
    Q_OBJECT
public:
    explicit SurveyBar(SurveyRun& run, QWidget* parent = nullptr);
    QPushButton* button() const { return button_; }
    QComboBox* samples() const { return samples_; }
    QLabel* words() const { return words_; }

private:
    void refresh();

    SurveyRun& run_;
    QComboBox* samples_;
    QPushButton* button_;
    ProgressBarThin* bar_;
    QLabel* words_;
};

}  // namespace switchyard::ui
